import { isMailmodoResource } from "../../../pulumi/stateResource";
import { count } from "../../../text/wording";
import { adviceOn, failure, ok, Unknown, warning, type Check } from "../finding";
import type { Surroundings } from "../surroundings";

/** Whether the state can be read, and whether a killed run left pending operations in it. */
export const checkPending: Check<Surroundings> = {
  name: "pending operations",
  async run(surroundings) {
    const { name } = await surroundings.knownStack();
    try {
      const { pending_operations: pending = [] } = await surroundings.state();
      if (pending.length === 0) return ok("None.");
      const own = pending.filter(({ resource }) => isMailmodoResource(resource)).length;
      const others = own < pending.length ? " Those of other resources are yours to judge." : "";
      return warning(
        `A run was killed and left ${count(pending.length, "pending operation")}, ${own} of them Mailmodo's: these may run at Mailmodo.`,
        `Run npx pulumi-mailmodo recover --stack ${name}, and no pulumi refresh before.${others}`,
      );
    } catch (error) {
      if (error instanceof Unknown) throw error;
      return failure(
        (error as Error).message,
        adviceOn(error, `If a killed run left it like this: npx pulumi-mailmodo recover --stack ${name}.`),
      );
    }
  },
};
