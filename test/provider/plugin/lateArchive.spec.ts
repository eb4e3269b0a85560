import assert from "node:assert/strict";
import type { ContactInputs } from "../../../provider/model/contactInputs";
import archiveLifecycle from "../../../provider/plugin/archiveLifecycle";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { ARCHIVE_LOADER } from "../../../provider/model/stateFormat";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { contactInputs } from "../../support/contactInputs";
import { inputs as enrollment } from "../../support/enrollmentInputs";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

const stack = "organization/seeds/test";
const inputs: ContactInputs = { ...contactInputs, email: "ada+seeds.test@seeds.example.com", stack };
const qa = { ...enrollment, email: inputs.email, stack };

describe("an archive that takes effect late", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  afterEach(() => session.journals.close());

  const begin = async (others: Record<string, string> = {}) => {
    await session.journals.close();
    beginSession();
    const timeout = { "mailmodo:requestTimeoutSeconds": "1" };
    await configure(settings(sandbox().url, { ...timeout, ...others }), contactLifecycle);
  };
  /** The first attempt takes effect late; the second is confirmed. */
  const lose = (lateMs: number) =>
    sandbox().faults.add({ kind: "late", on: "archiveContact", lateMs, status: 504, count: 1 });
  const isArchived = () => sandbox().contacts()[0]!.archived;
  const create = () => clock.settle(contactLifecycle.create(inputs));
  const isArchivedInTheMiddle = async () => {
    await clock.settle(enrollmentLifecycle.create(qa));
    clock.tick(3_600_000);
    return isArchived();
  };

  it("does not archive the contact of the next up: the destroy waits until it can no longer take effect", async () => {
    await begin();
    const { id, outs } = await create();
    await begin();
    lose(40_000);
    const lines = await printed(() => clock.settle(contactLifecycle.delete(id, outs)));
    assert.match(lines.join(), /^Waiting \d+ s: until then, an archive whose answer was lost may still take effect\.$/);
    await begin();
    await create();
    assert.equal(isArchived(), false);
    assert.equal(await isArchivedInTheMiddle(), false);
  });

  it("does not archive a contact that the next up enrolls, after archiveContact", async () => {
    await begin();
    await create();
    lose(40_000);
    const archive = { contacts: JSON.stringify([inputs.email]), stack, __provider: ARCHIVE_LOADER };
    const lines = await printed(() => clock.settle(archiveLifecycle.delete("contact", archive)));
    assert.match(lines.join(), /^Waiting \d+ s: /);
    await begin();
    await create();
    assert.equal(await isArchivedInTheMiddle(), false);
  });

  it("is not waited for as long as mailmodo:lateStartSeconds says that there is none", async () => {
    await begin({ "mailmodo:lateStartSeconds": "0" });
    const { id, outs } = await create();
    await begin({ "mailmodo:lateStartSeconds": "0" });
    sandbox().faults.add({ kind: "500", on: "archiveContact", takesEffect: false, count: 1 });
    assert.deepEqual(await printed(() => clock.settle(contactLifecycle.delete(id, outs))), []);
    assert.equal(isArchived(), true);
  });
});
