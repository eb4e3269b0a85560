/** Which stack to recover, and what may be taken for dead. */
export interface RecoverOptions {
  /** The stack's name. */
  stack: string;
  /** The project's folder. Default: the current one. */
  cwd?: string;
  /** The stack's settings. Default: the stack's own, Pulumi.<stack>.yaml. */
  configFile?: string;
  /**
   * How old, in milliseconds, the lock or the notes of a run must be to be a dead run's, where nothing proves that it is
   * dead: on another machine, say. Default: they never are.
   */
  lockDeadAfterMs?: number;
  /** A person says that each run is over of which nothing proves that it lives or that it is dead. Default: false. */
  runIsOver?: boolean;
  /** Takes what is done, a line at a time. Default: console.log. */
  log?: (line: string) => void;
  /** Where the CLI, the key and Pulumi's settings come from. Default: the process's. */
  env?: NodeJS.ProcessEnv;
}

/** What was done, and what was not. */
export interface Recovery {
  /** Enrollments that ran or may have run, and surely do not any more. */
  readonly aborted: number;
  /** Pending operations that were taken out of the state. */
  readonly cleared: number;
  /** Enrollments that were taken out of the state. */
  readonly ended: number;
  /** Whether a dead run held the stack's lock. */
  readonly lockFreed: boolean;
  /** What a person must look at, one line each: what failed, and what cannot be decided from here. The next call tries again. */
  readonly problems: readonly string[];
}
