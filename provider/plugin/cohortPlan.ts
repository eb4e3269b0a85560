import type * as pulumi from "@pulumi/pulumi";

/** What the state holds for a cohort's plan. */
interface PlanInputs {
  /** How many shards the cohort's contacts are spread over. */
  readonly shards: number;
  /** The loader text; see stateFormat.ts. */
  readonly __provider: string;
}

/**
 * A cohort's plan: the number of its shards, which is fixed for the cohort's life. It never sends anything. The shards
 * depend on it, so it refuses a change before the engine handles any of them.
 */
const cohortPlan = {
  async check(olds: Partial<PlanInputs>, news: PlanInputs): Promise<pulumi.dynamic.CheckResult<PlanInputs>> {
    const isChanged = olds?.shards !== undefined && olds.shards !== news.shards;
    const reason =
      `The number of a cohort's shards is fixed for its life: it was created with ${olds?.shards} and cannot have ${news.shards}. ` +
      "Most contacts would move to another shard, and be aborted and started again. " +
      `Set shards: ${olds?.shards}, or create a cohort with another name.`;
    return { inputs: news, failures: isChanged ? [{ property: "", reason }] : [] };
  },

  async diff(_id: string, olds: PlanInputs, news: PlanInputs): Promise<pulumi.dynamic.DiffResult> {
    return { changes: olds.__provider !== news.__provider };
  },

  async create(inputs: PlanInputs): Promise<{ id: string; outs: PlanInputs }> {
    return { id: "plan", outs: inputs };
  },

  async update(_id: string, _olds: PlanInputs, news: PlanInputs): Promise<{ outs: PlanInputs }> {
    return { outs: news };
  },

  async delete(): Promise<void> {
    // Nothing runs for the plan itself.
  },
} satisfies pulumi.dynamic.ResourceProvider<PlanInputs, PlanInputs>;

export = cohortPlan;
