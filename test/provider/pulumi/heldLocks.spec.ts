import assert from "node:assert/strict";
import { heldLocks } from "../../../provider/pulumi/heldLocks";
import type { Lock } from "../../../provider/pulumi/stackLock";
import { useMovableClock } from "../../support/movableClock";

const lock = (pid: number): Lock => ({ owner: "ann", host: "laptop", pid, at: 1, url: `file:///locks/${pid}.json` });

describe("the locks that runs hold on a stack", () => {
  const clock = useMovableClock();
  const look = (...looks: readonly (readonly Lock[])[]) => {
    let nth = 0;
    const occupancy = async () => ({ fullName: "organization/seeds/test", locks: looks[nth++] ?? [] });
    return clock.settle(heldLocks({ occupancy }, undefined));
  };

  it("are none where there is none", async () => assert.deepEqual(await look([], [lock(1)]), []));

  it("are those that are there at a second look", async () =>
    assert.deepEqual(await look([lock(1), lock(2)], [lock(2), lock(3)]), [lock(2)]));

  it("are not those of a command that only asked for the lock", async () =>
    assert.deepEqual(await look([lock(1)], []), []));
});
