import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { stackIdentity } from "../../../provider/journal/stackIdentity";
import { contactNote } from "../../../provider/model/contactNote";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { backendOf } from "../../../provider/pulumi/backend";
import { useCapturedOutput } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { contactInputs } from "../../support/contactInputs";
import { deadProcess } from "../../support/deadProcess";
import { inputs } from "../../support/enrollmentInputs";
import { journalOf } from "../../support/journalOf";
import { useKilledPlugin } from "../../support/killedPlugin";
import { openJournal } from "../../support/openJournal";
import { useSandbox } from "../../support/sandbox";
import { writeAs } from "../../support/writeAs";

const jane = { ...contactInputs, email: "jane@seeds.example.com" };

describe("a contact to archive of which only a note of another stack tells", () => {
  const sandbox = useSandbox();
  const leaveAsKilled = useKilledPlugin();
  useCapturedOutput();
  // A home of its own.
  beforeEach(() => leaveAsKilled(async () => undefined));
  afterEach(() => session.journals.close());

  /** Leaves a note of the other stack, as a killed plugin does. */
  const leave = async (kind: "start" | "add", email: string) => {
    const here = { env: process.env, folder: process.cwd(), askCli: () => undefined };
    const stack = stackIdentity("organization/seeds/other", backendOf(here), pulumi.getProject());
    const folder = journalOf(process.env);
    const journal = await openJournal({ folder, stack });
    await journal.addNote(kind, kind === "add" ? contactNote({ email }) : { ...inputs, email });
    writeAs(folder, deadProcess());
  };
  const begin = async () => {
    beginSession();
    await configure(settings(sandbox().url), contactLifecycle);
  };
  const create = async (contact = jane) => {
    await begin();
    const created = await contactLifecycle.create(contact);
    await session.journals.close();
    await begin();
    return created;
  };
  const isArchived = () => sandbox().contacts()[0]!.archived;

  for (const kind of ["start", "add"] as const)
    it(`is held back until the ${kind} is settled`, async () => {
      const { id, outs } = await create();
      await leave(kind, jane.email);
      await assert.rejects(
        contactLifecycle.delete(id, outs),
        /: a run of the stack other is starting a journey for it or adding it, or was killed in that\. Nothing was sent\. .* run npx pulumi-mailmodo recover --stack other first/,
      );
      assert.equal(isArchived(), false);
      fs.rmSync(journalOf(process.env), { recursive: true });
      await begin();
      await contactLifecycle.delete(id, outs);
      assert.equal(isArchived(), true);
    });

  it("is archived if the note is of another contact", async () => {
    const { id, outs } = await create();
    await leave("start", "bob@seeds.example.com");
    await contactLifecycle.delete(id, outs);
    assert.equal(isArchived(), true);
  });

  it("is archived if it has the tag of its own stack: no other stack is asked then", async () => {
    const { id, outs } = await create(contactInputs);
    await leave("start", contactInputs.email);
    await contactLifecycle.delete(id, outs);
    assert.equal(isArchived(), true);
  });
});
