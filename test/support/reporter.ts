import { reporters, Runner, type MochaOptions } from "mocha";

/** Mocha's spec reporter, and last a line with the counts: `N passed, N failed`. */
class CountsReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
}

export = CountsReporter;
