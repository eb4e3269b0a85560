/** Which stack to recover, and what may be taken for dead. */
export interface RecoverOptions {
  /** The stack's name. */
  stack: string;
  /** The project's folder. Default: the current one. */
  cwd?: string;
  /** The file with the stack's settings, relative to the current folder. Default: the stack's own, Pulumi.<stack>.yaml. */
  configFile?: string;
  /**
   * The age, in milliseconds, at which the lock or the notes of a run count as a dead run's if nothing proves the run
   * alive or dead, for example because it was on another machine. Default: never.
   */
  lockDeadAfterMs?: number;
  /** Whether a person confirms that each run has ended that cannot be proven alive or dead. Default: false. */
  runIsOver?: boolean;
  /**
   * Whether a person has looked at Mailmodo, at least a minute after the run has ended, and confirms that nothing runs but
   * the instances whose ids the state records. Starts that cannot be aborted without stopping these count as ended.
   * Default: false.
   */
  nothingElseRuns?: boolean;
  /** Receives the progress, one line at a time. Default: console.log. */
  log?: (line: string) => void;
  /** The environment: it provides the CLI, the API key and Pulumi's settings. Default: the process's. */
  env?: NodeJS.ProcessEnv;
}

/** The result of a recovery. */
export interface Recovery {
  /** How many enrollments ran or may have run, and now certainly do not. */
  readonly aborted: number;
  /** How many contacts were archived that a killed run had made and no state records. */
  readonly archived: number;
  /**
   * How many contacts were left that a killed run may have made, because an enrollment of the stack has them. Each has a
   * line in `problems`.
   */
  readonly contactsLeft: number;
  /** How many pending operations were removed from the state. */
  readonly cleared: number;
  /** How many enrollments were removed from the state. */
  readonly ended: number;
  /** Whether a dead run's lock was freed. */
  readonly lockFreed: boolean;
  /**
   * What a person must handle, one line each: what failed, and what cannot be decided from here. The next call tries
   * again.
   */
  readonly problems: readonly string[];
}
