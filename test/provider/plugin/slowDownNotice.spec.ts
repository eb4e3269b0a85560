import assert from "node:assert/strict";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession } from "../../../provider/plugin/session";
import { SlowDownNotice } from "../../../provider/plugin/slowDownNotice";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { useMovableClock } from "../../support/movableClock";
import { json, serve } from "../../support/server";
import { no, ok } from "../../support/vendor";

describe("the notice of enrollments that wait because of 429s", () => {
  const clock = useMovableClock();
  const NOTE = "Mailmodo asks to slow down";

  it("is one line a minute, however many wait", async () => {
    const notice = new SlowDownNotice(() => NOTE);
    const ends: (() => void)[] = [];
    const lines = await printed(async () => {
      const works = [1, 2, 3].map(() => notice.during(() => new Promise<void>((resolve) => ends.push(resolve))));
      for (let second = 0; second < 121; second += 1) clock.tick(1_000);
      for (const end of ends) end();
      await Promise.all(works);
      clock.tick(300_000);
    });
    assert.deepEqual(lines, [NOTE, NOTE]);
  });

  it("is none while nothing asks to slow down", async () => {
    const lines = await printed(async () => {
      let end!: () => void;
      const work = new SlowDownNotice(() => undefined).during(() => new Promise<void>((resolve) => (end = resolve)));
      clock.tick(60_000);
      end();
      await work;
    });
    assert.deepEqual(lines, []);
  });

  for (const [verb, call] of [
    ["start", () => enrollmentLifecycle.create(inputs)],
    [
      "abort",
      () =>
        enrollmentLifecycle.delete("one", {
          ...inputs,
          status: "started",
          startedAt: new Date(0).toISOString(),
          instanceId: "11111111-2222-4333-8444-555555555555",
        }),
    ],
  ] as const) {
    it(`is printed where the ${verb} of one enrollment waits`, async () => {
      let asked = 0;
      const server = await serve((response) => {
        asked += 1;
        json(response, asked === 1 ? 429 : 200, asked === 1 ? no : ok, { "Retry-After": "30" });
      });
      // What an earlier test printed was at the time of another clock.
      beginSession();
      await configure(settings(server.url));
      const lines = await printed(() => clock.settle<unknown>(call()));
      await server.close();
      assert.deepEqual(lines, [
        "Mailmodo asks to slow down: another run may use the same key. Each enrollment is tried for up to 15 min.",
      ]);
    });
  }
});
