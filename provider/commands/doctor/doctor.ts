import { checkApiKey, checkAwsSecret } from "./checks/apiKey";
import { checkBackend, checkStack } from "./checks/backend";
import { checkCertificates } from "./checks/certificates";
import { checkJournal, checkJournalFolder } from "./checks/journal";
import { checkLock } from "./checks/lock";
import { checkClock, checkMailmodo } from "./checks/mailmodo";
import { checkPlugins } from "./checks/plugins";
import { checkProgram, checkProject } from "./checks/project";
import { checkProxy } from "./checks/proxy";
import { checkSecrets, checkSettingsFile } from "./checks/secrets";
import { checkRecipients, checkSettings } from "./checks/settings";
import { checkPending } from "./checks/state";
import { checkCli, checkNode, checkPackage, checkSdk } from "./checks/versions";
import { adviceOn, failure, skipped, Unknown, type Check, type Finding, type Level } from "./finding";
import { shareable } from "./privacy";
import { Surroundings, type DoctorOptions } from "./surroundings";

/** A finding, with what was looked at. */
export interface Line extends Finding {
  readonly check: string;
}

export interface Diagnosis {
  /** The stack that was looked at. Missing if there is none. */
  readonly stack?: string;
  readonly offline: boolean;
  readonly lines: readonly Line[];
  readonly counts: Readonly<Record<Level, number>>;
}

/** In the order in which one would look oneself: what stands first may be why the next ones fail. */
const CHECKS: readonly Check<Surroundings>[] = [
  checkNode,
  checkCli,
  checkProject,
  checkProgram,
  checkPlugins,
  checkSdk,
  checkPackage,
  checkBackend,
  checkStack,
  checkSettingsFile,
  checkSecrets,
  checkSettings,
  checkRecipients,
  checkApiKey,
  checkAwsSecret,
  checkProxy,
  checkCertificates,
  checkMailmodo,
  checkClock,
  checkLock,
  checkPending,
  checkJournal,
  checkJournalFolder,
];

/** How long one answer may take, of the CLI or of AWS. A backend may be far away. */
const LIMIT_MS = 30_000;

/** Looks at everything that a run needs, and changes nothing. It never throws: what goes wrong is a line. */
export async function diagnose(options: DoctorOptions, limitMs = LIMIT_MS): Promise<Diagnosis> {
  const surroundings = new Surroundings(options, limitMs);
  // A signal ends the process in the middle. No copy of the settings may outlive it.
  const dispose = () => surroundings.dispose();
  process.once("exit", dispose);
  try {
    const found = await Promise.all(CHECKS.map((check) => linesOf(check, surroundings)));
    const stack = await surroundings.stack().catch(() => undefined);
    const project = await surroundings.program().catch(() => undefined);
    const names = [surroundings.cwd, project?.project.name, stack?.name].join(" ");
    const lines = found.flat().map((line) => withoutSecrets(line, surroundings, names));
    const count = (level: Level) => lines.filter((line) => line.level === level).length;
    const counts = { ok: count("ok"), warning: count("warning"), failure: count("failure"), skipped: count("skipped") };
    return { ...(stack === undefined ? {} : { stack: stack.name }), offline: options.offline, lines, counts };
  } finally {
    process.off("exit", dispose);
    dispose();
  }
}

async function linesOf({ name, run }: Check<Surroundings>, surroundings: Surroundings): Promise<Line[]> {
  const found = await run(surroundings).catch(findingOfError);
  return [found].flat().map((finding) => ({ check: name, ...finding }));
}

function findingOfError(error: Error): Finding {
  if (error instanceof Unknown) return skipped(`Not checked. ${error.message}`);
  return failure(`This could not be checked: ${error.message}`, adviceOn(error, "Correct that, and run it again."));
}

function withoutSecrets(line: Line, { secrets, env }: Surroundings, names: string): Line {
  const { text, advice } = line;
  const clean = (words: string) => shareable(words, secrets, env, names);
  return { ...line, text: clean(text), ...(advice === undefined ? {} : { advice: clean(advice) }) };
}
