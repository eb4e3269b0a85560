import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import cohortPlan from "../../../provider/plugin/cohortPlan";
import { PLAN_LOADER } from "../../../provider/model/stateFormat";

describe("a cohort's plan", () => {
  const check = (olds: object, shards: number): Promise<pulumi.dynamic.CheckResult> =>
    cohortPlan.check(olds, { shards, __provider: PLAN_LOADER });

  it("takes any number of shards at first, and the same ever after", async () => {
    assert.deepEqual((await check({}, 8)).failures, []);
    assert.deepEqual((await check({ shards: 8 }, 8)).failures, []);
  });

  it("refuses another number, and explains", async () => {
    const [failure] = (await check({ shards: 8 }, 16)).failures ?? [];
    assert.match(failure!.reason, /fixed for its life: it was created with 8 and cannot have 16\..*Set shards: 8, or/);
  });
});
