import assert from "node:assert/strict";
import { remarksOn } from "../../../../provider/commands/status/remarks";
import type { StackView } from "../../../../provider/commands/status/view";
import { journeyId } from "../../../support/journeyId";

const NOW = Date.parse("2026-11-27T12:00:00.000Z");
const at = (time: number) => new Date(time).toISOString();
const stack = (more: Partial<StackView> = {}): StackView => ({
  name: "organization/seeds/dev",
  enrollments: [],
  cohorts: [],
  ...more,
});
const PENDING = [{ resource: "ada", journeyId, contact: "a***@seeds.example.com", state: "pending" as const }];
const remarks = (more: Partial<StackView>, isOfOthers = false) => remarksOn(stack(more), NOW, isOfOthers);
/** Without the last line, which says that nothing is enrolled. */
const first = (more: Partial<StackView>) => remarks(more).slice(0, -1);

const DOUBT = "cannot be determined from here.";
const RECOVER = "npx pulumi-mailmodo recover --stack dev";
const KILLED = `A run was killed or failed. Next: ${RECOVER}.`;
const IF_NONE = `If no run is in progress any more: ${RECOVER}.`;

describe("the remarks on a stack", () => {
  it("say that nothing is enrolled", () => assert.deepEqual(remarks({}), ["Nothing is enrolled."]));

  it("are none on one that only enrolls", () =>
    assert.deepEqual(remarks({ enrollments: [{ ...PENDING[0]!, state: "started" }] }), []));

  for (const [what, times, says] of [
    ["will expire", { expires: at(NOW + 3 * 86_400_000) }, "Preview: expires in 3d."],
    ["has expired", { expires: at(NOW - 86_400_000) }, "Preview: expired 1d ago."],
    ["has tags that do not tell", {}, "Preview: expiry unknown."],
  ] as const) {
    it(`have the expiry of a preview that ${what}`, () =>
      assert.deepEqual(first({ preview: { name: "dev", ...times } }), [says]));
  }

  for (const [liveness, ...lines] of [
    ["alive", "A run is in progress: ann@laptop (pid 7), 5m ago."],
    ["dead", "Locked by a run that has ended: ann@laptop (pid 7), 5m ago.", KILLED],
    ["undecided", `Locked by ann@laptop (pid 7), 5m ago. Whether that run has ended ${DOUBT}`, IF_NONE],
  ] as const) {
    it(`have the holder of a lock, whose run is ${liveness}`, () => {
      const lock = { holder: "ann@laptop (pid 7)", liveness, since: at(NOW - 300_000) };
      assert.deepEqual(remarks({ lock, enrollments: PENDING }), lines);
    });
  }

  it("say what to do where a killed run left something pending", () =>
    assert.deepEqual(remarks({ enrollments: PENDING }), [KILLED]));

  it("do not say that a run was killed where the backend does not reveal its locks", () =>
    assert.deepEqual(remarks({ enrollments: PENDING, lockUnknown: true }), [IF_NONE]));

  it("have the notes of runs that have ended", () =>
    assert.deepEqual(first({ leftover: { calls: 2, since: at(NOW - 60_000) } }), [
      "A run that has ended left notes of 2 calls on this machine, 1m ago.",
      KILLED,
    ]));

  it("do not say of notes that their run has ended where that is not known", () => {
    const undecided = { calls: 2, since: at(NOW - 60_000) };
    const line = `There are notes of 2 calls on this machine, 1m ago. Whether their run has ended ${DOUBT}`;
    assert.deepEqual(first({ undecided }), [line, IF_NONE]);
    assert.deepEqual(first({ undecided, leftover: { calls: 1 } }).slice(1), [line, KILLED]);
    const lock = { holder: "ann@laptop (pid 7)", liveness: "alive" };
    assert.deepEqual(first({ undecided, lock }).slice(1), [line]);
  });

  it("advise previews for a preview", () =>
    assert.equal(
      remarks({ preview: { name: "dev" }, enrollments: PENDING }).at(-1),
      "A run was killed or failed. Next: npx pulumi-mailmodo previews up --name dev, or previews down --name dev (add the --settings that it was made with, if any).",
    ));

  it("name the folder of another project", () =>
    assert.deepEqual(remarks({ name: "organization/shop/dev", enrollments: PENDING }, true), [
      `A run was killed or failed. Next: ${RECOVER} --cwd <folder of shop>.`,
    ]));

  it("name the organization, without which the CLI would take the default one's stack", () =>
    assert.deepEqual(remarks({ name: "acme/seeds/dev", enrollments: PENDING }), [
      "A run was killed or failed. Next: npx pulumi-mailmodo recover --stack acme/dev.",
    ]));

  it("have what is encrypted, and why a stack could not be read", () => {
    const encrypted = { enrollments: 3, cohorts: 1, reason: "No passphrase." };
    assert.deepEqual(remarks({ encrypted }), ["Encrypted, so not shown: 3 enrollments and 1 cohort. No passphrase."]);
    assert.deepEqual(remarks({ error: "Damaged." }), ["Damaged."]);
  });
});
