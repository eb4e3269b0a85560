import assert from "node:assert/strict";
import type { OpenPreviews } from "../../../../provider/commands/previews/openPreviews";
import type { Preview } from "../../../../provider/commands/previews/preview";
import { reasonToEnd, sweep } from "../../../../provider/commands/previews/sweep";

const LISTED = Date.parse("2026-11-24T12:00:00Z");
const [BEFORE, AFTER] = ["2026-11-24T11:59:59.999Z", "2026-11-24T12:00:00.000Z"];
const [PAST, FUTURE] = ["2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z"];
const preview = (more: Partial<Preview> = {}): Preview => ({ name: "pr-1", created: BEFORE, expires: FUTURE, ...more });
const listing = (...names: string[]): OpenPreviews => ({ names: new Set(names), asOf: LISTED });

describe("reasonToEnd", () => {
  for (const [what, one, open, reason] of [
    ["is not in the list", preview(), listing("pr-2"), "not open"],
    ["is in the list", preview(), listing("pr-1"), undefined],
    ["came up after the list was made", preview({ created: AFTER }), listing(), undefined],
    ["was updated after the list was made", preview({ updated: AFTER }), listing(), undefined],
    ["was updated before the list was made", preview({ updated: BEFORE }), listing(), "not open"],
    ["is expired, whatever the list says", preview({ expires: PAST }), listing("pr-1"), "expired"],
    ["is expired, and there is no list", preview({ expires: PAST }), undefined, "expired"],
    ["is not expired, and there is no list", preview(), undefined, undefined],
    ["has no known expiry, and there is no list", { name: "pr-1", created: BEFORE }, undefined, undefined],
    ["has no known expiry, and is not in the list", { name: "pr-1", created: BEFORE }, listing(), "not open"],
    ["has no known times", { name: "pr-1" }, listing(), undefined],
    [
      "has no known creation, and an older state than the list",
      { name: "pr-1", updated: BEFORE },
      listing(),
      undefined,
    ],
  ] as const) {
    it(`${reason === undefined ? "keeps" : "ends"} a preview that ${what}`, () =>
      assert.equal(reasonToEnd(one, open), reason));
  }
});

describe("sweep", () => {
  const OPTIONS = { dryRun: false, stop: { throwIfStopped: () => undefined }, log: () => undefined };
  /** Sweeps pr-1 and pr-2, whose lists and tags are those at the first, the second, the third time of asking. */
  async function run(
    lists: (OpenPreviews | Error)[],
    later: (name: string) => Preview | undefined,
    fail?: (name: string) => never,
  ) {
    const down: string[] = [];
    const said: string[] = [];
    const known = {
      all: async () => ({ previews: ["pr-1", "pr-2"].map((name) => preview({ name })), unread: [] }),
      find: async (name: string) => later(name),
      stillExisting: async () => [],
    };
    const taken = await sweep(known, {
      ...OPTIONS,
      log: (name, line) => said.push(`${name}: ${line}`),
      async ask() {
        const next = lists.length > 1 ? lists.shift() : lists[0];
        if (next instanceof Error) throw next;
        return next ?? assert.fail();
      },
      async destroy(name) {
        fail?.(name);
        down.push(name);
        return { name, outcome: "destroyed" };
      },
    });
    return { taken, down, said };
  }
  const same = (name: string) => preview({ name });

  it("destroys what is not in the list, then or now", async () => {
    const { taken, down } = await run([listing("pr-1")], same);
    assert.deepEqual(down, ["pr-2"]);
    assert.deepEqual(taken, [{ name: "pr-2", why: "not open", outcome: "destroyed" }]);
  });

  it("leaves one that was opened since the first list", async () => {
    const { taken, down, said } = await run([listing(), listing("pr-1")], same);
    assert.deepEqual(down, ["pr-2"]);
    assert.equal(taken.length, 1);
    assert.deepEqual(said, ["pr-1: kept: it was opened or renewed meanwhile", "pr-2: not open; destroying it"]);
  });

  it("leaves one that came up again since the list", async () => {
    const { down } = await run([listing()], (name) => preview(name === "pr-1" ? { name, updated: AFTER } : { name }));
    assert.deepEqual(down, ["pr-2"]);
  });

  it("leaves all that are due when the list cannot be had again, and says so", async () => {
    const { taken, down } = await run([listing(), new Error("GitHub says nothing.")], same);
    assert.deepEqual(down, []);
    assert.deepEqual(
      taken.map(({ name, outcome, error }) => [name, outcome, error]),
      ["pr-1", "pr-2"].map((name) => [name, "left", "GitHub says nothing."]),
    );
  });

  it("leaves one that cannot be destroyed, and says why", async () => {
    const { taken, said } = await run([listing("pr-2")], same, (name) => {
      throw new Error(`${name} is locked.`);
    });
    assert.deepEqual(taken, [{ name: "pr-1", why: "not open", outcome: "left", error: "pr-1 is locked." }]);
    assert.equal(said.at(-1), "pr-1: pr-1 is locked.");
  });

  it("says that one is already gone, and why it was due", async () => {
    const { taken } = await run([listing("pr-2")], () => undefined);
    assert.deepEqual(taken, [{ name: "pr-1", why: "not open", outcome: "none" }]);
  });

  describe("of previews whose tags do not tell when they expire", () => {
    const UNDATED: Preview[] = [{ name: "pr-1" }, { name: "pr-2", created: BEFORE }];
    const swept = async (ask?: OpenPreviews, dryRun = false) => {
      const known = {
        all: async () => ({ previews: UNDATED, unread: [] }),
        find: async (name: string) => UNDATED.find((one) => one.name === name),
        stillExisting: async () => [],
      };
      const destroy = async (name: string) => ({ name, outcome: "destroyed" as const });
      return sweep(known, { ...OPTIONS, dryRun, destroy, ask: ask && (async () => ask) });
    };
    const inShort = async (...args: Parameters<typeof swept>) =>
      (await swept(...args)).map(({ name, why, outcome }) => [name, why, outcome]);

    it("destroys none of them for that, and says so", async () => {
      for (const dryRun of [false, true]) {
        assert.deepEqual(await inShort(undefined, dryRun), [
          ["pr-1", "expiry unknown", "left"],
          ["pr-2", "expiry unknown", "left"],
        ]);
      }
      assert.match(
        (await swept())[0]?.error ?? "",
        /^When it expires is not known, .* Run npx pulumi-mailmodo previews up --name pr-1, which sets both, or previews down\.$/,
      );
    });

    it("destroys one that is not open, if it is known to be older than the list", async () => {
      assert.deepEqual(await inShort(listing()), [
        ["pr-1", "expiry unknown", "left"],
        ["pr-2", "not open", "destroyed"],
      ]);
    });

    it("keeps those that are open, and says nothing", async () =>
      assert.deepEqual(await inShort(listing("pr-1", "pr-2")), []));
  });
});
