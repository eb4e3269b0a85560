import assert from "node:assert/strict";
import { conflictsOf } from "../../../../provider/commands/status/conflicts";
import { enrolledIn } from "../../../../provider/commands/status/enrolled";
import { linesOf } from "../../../../provider/commands/status/report";
import type { StackStatus } from "../../../../provider/commands/status/stackStatus";
import { viewOf } from "../../../../provider/commands/status/view";
import { journeyId } from "../../../support/journeyId";
import { enrollment, shard, stateOf, unconfirmed, WRITTEN_AT } from "../../../support/handmadeStates";

const NOW = Date.parse(WRITTEN_AT);
const DEV = "organization/seeds/dev";

const view = (stacks: StackStatus[], showAddresses = false) =>
  viewOf({ stacks, conflicts: conflictsOf(stacks), gone: [], unknownNotes: [] }, showAddresses);
const lines = (...stacks: StackStatus[]) => linesOf(view(stacks), NOW);
const stack = (more: Partial<StackStatus> = {}): StackStatus => ({ fullName: DEV, enrolled: [], ...more });
const ADA = enrolledIn(stateOf([enrollment("ada", "ada@seeds.example.com")]));
const PENDING = ADA.map((one) => ({ ...one, state: "pending" as const }));

describe("the report of status", () => {
  it("has a line for each enrollment and each cohort, by journey", () => {
    const enrolled = enrolledIn(
      stateOf([
        enrollment("ada", "ada@seeds.example.com"),
        unconfirmed("bob-the-builder", "bob@seeds.example.com"),
        shard("smoke", 0, { "eve@seeds.example.com": "one" }),
        shard("smoke", 1, { "joe@seeds.example.com": "two", "kim@seeds.example.com": null }),
      ]),
    );
    assert.deepEqual(lines(stack({ enrolled })), [
      "Stack seeds/dev",
      `  Journey ${journeyId}`,
      "    a***@seeds.example.com  started      2h ago  instance-of-ada  ada",
      "    b***@seeds.example.com  unconfirmed  2h ago                   bob-the-builder",
      "    Cohort smoke: 3 contacts (2 started, 1 unconfirmed), 20784d ago",
      "",
      "Total: 5 contacts in 1 stack (3 started, 2 unconfirmed).",
    ]);
  });

  it("masks an address in the name of a resource, unless full ones are asked for", () => {
    const enrolled = enrolledIn(stateOf([enrollment("ada@seeds.example.com", "ada@seeds.example.com")]));
    assert.ok(JSON.stringify(view([stack({ enrolled })])).includes('"resource":"a***@seeds.example.com"'));
    assert.ok(JSON.stringify(view([stack({ enrolled })], true)).includes('"resource":"ada@seeds.example.com"'));
  });

  it("leaves out stacks in which nothing is enrolled, but counts them", () => {
    assert.deepEqual(lines(stack(), stack()), ["Total: 0 contacts in 2 stacks."]);
    assert.deepEqual(lines(stack()), [
      "Stack seeds/dev",
      "  Nothing is enrolled.",
      "",
      "Total: 0 contacts in 1 stack.",
    ]);
  });

  it("says that what a living run has begun is in progress, and otherwise pending", () => {
    const lock = { holder: "ann@laptop (pid 7)", liveness: "alive" as const };
    assert.match(
      lines(stack({ lock, enrolled: PENDING })).join("\n"),
      /com {2}in progress {2}[^]*\(1 in progress\)\.$/,
    );
    assert.match(lines(stack({ enrolled: PENDING })).join("\n"), /com {2}pending {2}[^]*\(1 pending\)\.$/);
  });

  it("has what is encrypted, and why a stack could not be read", () => {
    const encrypted = { enrollments: 3, cohorts: 1, reason: "No passphrase." };
    const all = lines(stack({ encrypted }), stack({ reason: "Damaged." }));
    assert.equal(all[1], "  Encrypted, so not shown: 3 enrollments and 1 cohort. No passphrase.");
    assert.equal(all[4], "  Damaged.");
    assert.equal(all.at(-1), "Total: 0 contacts in 2 stacks, 2 stacks not read, or only in part.");
  });

  it("has the notes of stacks that are gone, and of unknown ones", () => {
    const gone = [
      { fullName: "organization/seeds/gone", hasEnded: true, calls: 2, since: NOW - 60_000 },
      { fullName: "acme/seeds/old", hasEnded: false, calls: 1 },
    ];
    const status = { stacks: [], conflicts: [], gone, unknownNotes: ["journal/1.jsonl"] };
    assert.deepEqual(linesOf(viewOf(status, false), NOW), [
      "A run of the stack seeds/gone, which is not in the backend, left notes of 2 calls on this machine, 1m ago. " +
        "Next: npx pulumi-mailmodo recover --stack <name>, for any stack of the project seeds.",
      "",
      "A run of the stack acme/seeds/old, which is not in the backend, left notes of 1 call on this machine. " +
        "Whether it has ended cannot be determined from here. " +
        "Next: npx pulumi-mailmodo recover --stack <name>, for any stack of the project acme/seeds.",
      "",
      "Notes of an unknown stack: journal/1.jsonl. Run npx pulumi-mailmodo recover --stack <name> for the stack whose run was killed.",
      "",
      "Total: 0 contacts in 0 stacks.",
    ]);
  });

  it("has conflicts, and names a few of their many places", () => {
    const five = ["a", "b", "c", "d", "e"].map((name) => ({
      fullName: `organization/seeds/${name}`,
      enrolled: ADA.map((one) => ({ ...one, instanceId: name })),
    }));
    assert.ok(
      lines(...five).includes(
        `Conflict: a***@seeds.example.com in journey ${journeyId} is enrolled by seeds/a (ada) and seeds/b (ada) and ` +
          "seeds/c (ada) and 2 more. Mailmodo refuses to start what already runs.",
      ),
    );
  });

  it("says of one enrollment in two states that a destroy of either ends it, and what to do", () => {
    const two = ["copy", "test"].map((name) => ({ fullName: `organization/seeds/${name}`, enrolled: ADA }));
    assert.ok(
      lines(...two).includes(
        `Conflict: a***@seeds.example.com in journey ${journeyId} is enrolled by seeds/copy (ada) and seeds/test (ada). ` +
          "The states record the same enrollment, so one is a copy, and a destroy of either ends it for both. Remove the " +
          "copy without destroying it: pulumi stack rm --force --preserve-config --stack <copy>.",
      ),
    );
  });

  it("has lines of a bounded width, however long names and addresses are", () => {
    const long = enrollment("n".repeat(100), `a@${"d".repeat(60)}.example.com`, { instanceId: "i".repeat(36) });
    const enrolled = enrolledIn(stateOf([long, shard("c".repeat(100), 0, { "eve@seeds.example.com": "one" })]));
    for (const line of lines(stack({ enrolled }))) assert.ok(line.length <= 120, line);
  });

  it("shows an address in full that looks masked, if full ones are asked for", () => {
    const email = `a***${"b".repeat(40)}@seeds.example.com`;
    const full = view([stack({ enrolled: enrolledIn(stateOf([enrollment("ada", email)])) })], true);
    assert.match(
      linesOf(full, NOW, { showsAddresses: true }).join("\n"),
      new RegExp(` ${email.replaceAll("*", "\\*")} `),
    );
  });

  it("masks every address, unless they are asked for", () => {
    const stacks = [stack({ enrolled: ADA }), stack({ fullName: "organization/seeds/prod", enrolled: ADA })];
    assert.ok(!JSON.stringify([view(stacks), linesOf(view(stacks))]).includes("ada@"));
    const full = view(stacks, true);
    assert.equal(
      linesOf(full, NOW, { showsAddresses: true }).filter((line) => line.includes("ada@seeds.example.com")).length,
      3,
    );
    assert.equal(full.stacks[0]?.enrollments[0]?.contact, "ada@seeds.example.com");
  });

  it("as JSON has all of it, with times in full", () => {
    const enrolled = [...ADA, ...enrolledIn(stateOf([shard("smoke", 0, { "eve@seeds.example.com": null })]))];
    const { stacks, totals } = view([
      stack({ enrolled, isLockUnknown: true, leftovers: { ended: { calls: 1 }, undecided: { calls: 2, since: 1 } } }),
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(stacks)), [
      {
        name: DEV,
        enrollments: [
          {
            resource: "ada",
            journeyId,
            contact: "a***@seeds.example.com",
            instanceId: "instance-of-ada",
            state: "started",
            since: "2026-11-27T10:00:00.000Z",
          },
        ],
        cohorts: [
          {
            resource: "smoke",
            journeyId,
            contacts: 1,
            started: 0,
            unconfirmed: 1,
            pending: 0,
            inProgress: 0,
            since: "1970-01-01T00:00:00.001Z",
          },
        ],
        lockUnknown: true,
        leftover: { calls: 1 },
        undecided: { calls: 2, since: "1970-01-01T00:00:00.001Z" },
      },
    ]);
    assert.deepEqual(totals, {
      ...{ stacks: 1, contacts: 2, started: 1, unconfirmed: 1, pending: 0, inProgress: 0 },
      ...{ previews: 0, conflicts: 0, incomplete: 0 },
    });
  });
});
