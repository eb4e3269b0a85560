import type { PendingOperation } from "../../../pulumi/deployment";
import { isMailmodoResource } from "../../../pulumi/stateResource";
import { count } from "../../../text/wording";
import { adviceOn, failure, ok, Unknown, warning, type Check, type Finding } from "../finding";
import { livenessOfRuns } from "../locks";
import { recoverCommandOf } from "../recovery";
import type { Surroundings } from "../surroundings";

/** Whether the state can be read, and whether a killed run left pending operations in it. */
export const checkPending: Check<Surroundings> = {
  name: "pending operations",
  async run(surroundings) {
    await surroundings.knownStack();
    try {
      const { pending_operations: pending = [] } = await surroundings.state();
      return pending.length === 0 ? ok("None.") : await findingOn(pending, surroundings);
    } catch (error) {
      if (error instanceof Unknown) throw error;
      return failure(
        (error as Error).message,
        adviceOn(error, `If a killed run left it like this: ${await recoverCommandOf(surroundings)}.`),
      );
    }
  },
};

/** The state of a run in progress has them, too: the CLI writes each before it begins. */
async function findingOn(pending: readonly PendingOperation[], surroundings: Surroundings): Promise<Finding> {
  const own = pending.filter(({ resource }) => isMailmodoResource(resource)).length;
  const others = own < pending.length ? " Check the others yourself." : "";
  switch (await livenessOfRuns(surroundings)) {
    case "alive":
      return ok(`A run is in progress, with ${count(pending.length, "operation")}.`);
    case "dead":
      return warning(
        `A run was killed and left ${count(pending.length, "pending operation")}, ${own} of them Mailmodo's: these may run at Mailmodo.`,
        `Run ${await recoverCommandOf(surroundings)}, and no pulumi refresh before.${others}`,
      );
    case "undecided":
      return warning(
        `A run was killed, or is still in progress, with ${count(pending.length, "pending operation")}, ${own} of them Mailmodo's.`,
        `Wait for it; or, if it has ended, run ${await recoverCommandOf(surroundings, " --run-is-over")}, and no pulumi refresh before.${others}`,
      );
  }
}
