import assert from "node:assert/strict";
import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "./command";
import type { Project } from "./project";

/** A line of the diagnosis, as `--json` prints it. */
interface DoctorLine {
  readonly check: string;
  readonly level: "ok" | "warning" | "failure" | "skipped";
  readonly text: string;
  readonly advice?: string;
}

export interface DoctorRun extends Run {
  readonly lines: readonly DoctorLine[];
  /** The lines of a check. */
  readonly of: (check: string) => readonly DoctorLine[];
  /** The only line of a check, as `level: text advice`. */
  readonly line: (check: string) => string;
}

/** Runs the built command in the project's folder with `--json`. */
export async function doctor(
  { dir, env }: Pick<Project, "dir" | "env">,
  more: Record<string, string | undefined> = {},
  ...args: string[]
): Promise<DoctorRun> {
  const result = await run(process.execPath, [COMMAND, "doctor", "--json", ...args], dir, { ...env, ...more });
  const { lines } = JSON.parse(result.stdout) as { lines: DoctorLine[] };
  const of = (check: string) => lines.filter((one) => one.check === check);
  const line = (check: string) => {
    const [only, ...others] = of(check);
    assert.ok(only !== undefined && others.length === 0, `${check} has one line:\n${result.stdout}`);
    return [`${only.level}: ${only.text}`, only.advice].filter(Boolean).join(" ");
  };
  return { ...result, lines, of, line };
}
