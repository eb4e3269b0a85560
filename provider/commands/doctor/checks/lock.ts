import * as os from "node:os";
import { isPulumiCloud } from "../../../pulumi/stackName";
import { holderOf } from "../../lockOwner";
import { failure, known, ok, skipped, warning, type Check, type Finding } from "../finding";
import { locksOf, type HeldLock } from "../locks";
import { recoverCommandOf } from "../recovery";
import type { Surroundings } from "../surroundings";

/** Whether a run holds the stack's lock. */
export const checkLock: Check<Surroundings> = {
  name: "lock",
  async run(surroundings) {
    const { updateInProgress } = await surroundings.knownStack();
    const url = await known(surroundings.backend(), "The backend cannot be read.");
    if (url.startsWith("s3://") && surroundings.offline)
      return skipped("The bucket is not asked for locks, because of --offline.");
    const locks = await locksOf(surroundings);
    if (locks !== undefined)
      return locks.length === 0 ? ok("Free.") : Promise.all(locks.map((held) => findingOn(held, surroundings)));
    if (!isPulumiCloud(url)) {
      return skipped(
        "This kind of backend reveals its lock only to a command that acquires it. pulumi up says whose it is.",
      );
    }
    if (updateInProgress !== true) return ok("Free: Pulumi Cloud says that no update is in progress.");
    return warning(
      "Pulumi Cloud says that the stack is being updated, but not by whom.",
      `Wait for the update; or, if it has ended: ${await recoverCommandOf(surroundings, RUN_IS_OVER)}.`,
    );
  },
};

const RUN_IS_OVER = " --run-is-over";

async function findingOn({ lock, liveness }: HeldLock, surroundings: Surroundings): Promise<Finding> {
  const since = Number.isFinite(lock.at) ? `, since ${new Date(lock.at).toISOString()}` : "";
  const held = `Held by ${holderOf(lock)}${since}`;
  if (liveness === "alive") return warning(`${held}, which is still running.`, "Wait for it.");
  if (liveness === "dead")
    return failure(
      `${held}. That run has ended, but its lock still keeps all others out.`,
      `Run ${await recoverCommandOf(surroundings)}.`,
    );
  if (lock.isDamaged)
    return failure(
      `${held}, as a kill or a power cut leaves it. It keeps all runs out.`,
      `If a run of the stack is in progress, wait for it; or, if none is: ${await recoverCommandOf(surroundings, RUN_IS_OVER)}.`,
    );
  const where = lock.host === os.hostname() ? "in this machine's name" : "on another machine";
  return failure(
    `${held}, ${where}. Whether that run has ended cannot be determined from here.`,
    `Look there, and wait for it; or, if it has ended: ${await recoverCommandOf(surroundings, RUN_IS_OVER)}.`,
  );
}
