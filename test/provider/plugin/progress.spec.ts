import assert from "node:assert/strict";
import { Progress } from "../../../provider/plugin/progress";
import { useMovableClock } from "../../support/movableClock";

describe("the progress of a cohort", () => {
  const clock = useMovableClock();
  let lines: string[];
  let progress: Progress;
  let end: () => void;
  let over: Promise<void>;
  beforeEach(() => {
    lines = [];
    progress = new Progress("smoke", (line) => lines.push(line));
    over = progress.during(() => new Promise((resolve) => (end = resolve)));
  });
  afterEach(async () => {
    end();
    await over;
  });
  const count = (action: "aborted" | "started" | "archived", times: number) => {
    for (let nth = 0; nth < times; nth++) progress.count(action);
  };

  it("prints a line every five seconds while it works, and none after", async () => {
    progress.expect(0, "started", 600);
    progress.expect(1, "started", 400);
    count("started", 90);
    clock.tick(4_999);
    assert.deepEqual(lines, []);
    clock.tick(1);
    count("started", 250);
    clock.tick(5_000);
    assert.deepEqual(lines, [
      "smoke: 90 of 1,000 started, 18/s, 51 s left",
      "smoke: 340 of 1,000 started, 50/s, 14 s left",
    ]);
    end();
    await over;
    clock.tick(60_000);
    assert.equal(lines.length, 2);
  });

  it("prints between short works too, as with one shard after the other", async () => {
    progress.expect(0, "started", 100);
    end();
    await over;
    for (let nth = 0; nth < 10; nth++) {
      over = progress.during(() => new Promise((resolve) => (end = resolve)));
      count("started", 5);
      clock.tick(1_100);
      end();
      await over;
    }
    assert.deepEqual(
      lines.map((line) => line.replace(/started.*/, "started")),
      ["smoke: 25 of 100 started", "smoke: 50 of 100 started"],
    );
  });

  it("is about what an up has to do, and no destroy, when a shard is deleted in it", () => {
    progress.expect(0, "started", 10);
    progress.assumeSize(2_000);
    count("aborted", 1);
    clock.tick(5_000);
    assert.match(lines[0]!, /^smoke: 1 of 1 aborted, 0 of 10 started/);
  });

  it("tells aborts and starts apart", () => {
    progress.expect(0, "aborted", 20);
    progress.expect(0, "started", 30);
    count("aborted", 15);
    count("started", 5);
    clock.tick(5_000);
    assert.deepEqual(lines, ["smoke: 15 of 20 aborted, 5 of 30 started, 4/s, 8 s left"]);
  });

  it("knows in a destroy how many there are, though the engine names only some", () => {
    progress.assumeSize(2_000);
    count("aborted", 7);
    clock.tick(5_000);
    assert.deepEqual(lines, ["smoke: 7 of 2,000 aborted, 1.4/s, 1,424 s left"]);
  });

  it("counts what is archived, of all contacts in a destroy", () => {
    progress.assumeSize(500);
    count("aborted", 200);
    clock.tick(5_000);
    progress.beginArchiving(0, 8);
    count("archived", 5);
    count("aborted", 300);
    clock.tick(5_000);
    assert.deepEqual(lines, [
      "smoke: 200 of 500 aborted, 40/s, 8 s left",
      "smoke: 500 of 500 aborted, 5 of 500 archived, 61/s, 9 s left",
    ]);
  });

  it("counts what is archived in an up, as far as it is known", () => {
    progress.expect(0, "aborted", 3);
    count("aborted", 3);
    progress.beginArchiving(0, 2);
    progress.beginArchiving(4, 1);
    count("archived", 1);
    clock.tick(5_000);
    assert.deepEqual(lines, ["smoke: 3 of 3 aborted, 1 of 3 archived, 0.8/s, 3 s left"]);
  });

  it("ends a line with what else there is to say", () => {
    let note: string | undefined = "Mailmodo asks to slow down.";
    const told = new Progress(
      "smoke",
      (line) => lines.push(line),
      () => note,
    );
    void told.during(() => over);
    clock.tick(5_000);
    note = undefined;
    clock.tick(5_000);
    assert.deepEqual(
      lines.filter((line) => line.includes("slow")),
      ["smoke: 0/s. Mailmodo asks to slow down."],
    );
  });

  it("says no time where nothing moves", () => {
    progress.expect(0, "started", 10);
    clock.tick(5_000);
    assert.deepEqual(lines, ["smoke: 0 of 10 started, 0/s"]);
  });
});
