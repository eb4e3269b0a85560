import assert from "node:assert/strict";
import { journeyId } from "../support/journeyId";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";

const OTHERS = 1_000;
const COHORT = 20;
const OTHER_JOURNEY = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

/** A contact of its own, one address in two journeys, and a cohort: each archives what the preview made known. */
const PROGRAM = `
const { Contact, JourneyCohort } = require("pulumi-mailmodo");
const ada = new Contact("ada", { email: stackAddress("ada@seeds.example.com"), list: "Seeds", data: { first_name: "Ada" } });
new JourneyEnrollment("ada", { journeyId: "${journeyId}", email: ada.email });
for (const journeyId of ["${journeyId}", "${OTHER_JOURNEY}"])
  new JourneyEnrollment("grace-" + journeyId[0], { journeyId, email: stackAddress("grace@seeds.example.com"), archiveContact: true });
const contacts = [...Array(${COHORT}).keys()].map((n) => ({ email: stackAddress("c" + n + "@seeds.example.com") }));
new JourneyCohort("smoke", { journeyId: "${journeyId}", contacts, archiveContact: true });
`;

describe("a preview with contacts, through the real engine", () => {
  const sandbox = useSandbox({}, "suite");
  const newRunner = useRunners(sandbox, useFolderBackend("suite"), "suite");
  const isOwn = ({ email }: { email: string }) => email.includes("+seeds.pr-7@");
  const own = () => sandbox().contacts().filter(isOwn);
  const others = () =>
    sandbox()
      .contacts()
      .filter((contact) => !isOwn(contact));
  /** Without the look-ups, which every up makes for its warnings. */
  const changing = () =>
    sandbox()
      .requests()
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
  let seeded: ReturnType<typeof others>;
  let runner: Runner;
  before(async () => {
    sandbox().setContacts(
      [...Array(OTHERS).keys()].map((n) => ({
        email: n % 2 === 0 ? `person${n}@seeds.example.com` : `c${n}+seeds.pr-70@seeds.example.com`,
        lists: n % 3 === 0 ? ["Seeds"] : ["Customers"],
        data: { first_name: `Person ${n}` },
        blocked: n % 7 === 0,
        unsubscribed: n % 5 === 0,
      })),
    );
    seeded = structuredClone(others());
    runner = await newRunner({ program: PROGRAM });
  });

  it("comes up with its contacts and enrollments, and a second up changes nothing at Mailmodo", async () => {
    await runner.succeed("up", "--name", "pr-7");
    assert.equal(sandbox().running().length, 3 + COHORT);
    assert.deepEqual(
      own().map(({ state }) => state),
      Array(2 + COHORT).fill("active"),
    );
    assert.deepEqual(own().find(({ email }) => email.startsWith("ada+"))?.lists, ["Seeds"]);
    const changes = changing().length;
    await runner.succeed("up", "--name", "pr-7");
    assert.deepEqual(changing().slice(changes), []);
  });

  it("leaves nothing behind when it goes down: nothing runs, each of its contacts is archived, and no other is touched", async () => {
    await runner.succeed("down", "--name", "pr-7");
    assert.deepEqual(sandbox().running(), []);
    assert.deepEqual(
      own().filter(({ archived }) => !archived),
      [],
    );
    assert.equal(own().length, 2 + COHORT);
    assert.equal(seeded.length, OTHERS);
    assert.deepEqual(others(), seeded, "no other contact is touched");
  });
});
