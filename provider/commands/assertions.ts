/** What a person may assert to a recovery, as options of the commands that recover. */
export const RUN_IS_OVER = ["--run-is-over", "assert that the run has ended, if that cannot be determined"] as const;
export const NOTHING_ELSE_RUNS = [
  "--nothing-else-runs",
  "assert that you have looked at Mailmodo a minute after the run, and that nothing runs but the ids in the state",
] as const;
