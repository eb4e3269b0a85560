import * as fs from "node:fs";
import { readRuns, type RunFile } from "../../../journal/runFile";
import { progressOf, type RunProgress } from "../../../journal/runProgress";
import { journalFolder } from "../../../pulumi/backend";
import { isLocalDisk } from "../../../processes/localDisk";
import { count } from "../../../text/wording";
import { unreadableAdvice } from "../../../text/recoverAdvice";
import { failure, ok, warning, type Check, type Finding } from "../finding";
import { identityOf } from "../identity";
import { recoverCommandOf } from "../recovery";
import type { Surroundings } from "../surroundings";
import { isWritable, nearest } from "../writable";

/** What dead runs of the stack have left unsettled. */
export const checkJournal: Check<Surroundings> = {
  name: "journal",
  async run(surroundings) {
    const { runs, unreadable } = readRuns(folderOf(surroundings));
    const left = runs.filter(({ notes, damaged }) => notes.length + damaged > 0);
    const found: Finding[] = unreadable.map(({ path: file, code }) =>
      warning(`${file} cannot be read (${code}): it may hold notes of this stack.`, unreadableAdvice(code)),
    );
    if (left.length > 0) found.push(...(await leftBy(left, surroundings)));
    return found.length > 0 ? found : ok("No run has left notes of calls.");
  },
};

/** What the runs have left: of the stack, and of others. */
async function leftBy(runs: readonly RunFile[], surroundings: Surroundings): Promise<Finding[]> {
  const isOwn = await identityOf(surroundings);
  const own = runs.filter(({ header }) => header === undefined || isOwn(header.stack));
  const others = runs.filter((run) => !own.includes(run));
  const having = (progress: RunProgress) => own.filter((run) => progressOf(run) === progress);
  const [ended, undecided, current] = [having("ended"), having("undecided"), having("in progress")];
  const recover = ended.length + undecided.length === 0 ? "" : await recoverCommandOf(surroundings);
  return [
    ...(ended.length === 0
      ? []
      : [
          warning(
            `A killed or failed run left notes of ${count(callsOf(ended), "call")}, whose results may not be in the state.`,
            `Run ${recover}.`,
          ),
        ]),
    ...(undecided.length === 0
      ? []
      : [
          warning(
            `There are notes of ${count(callsOf(undecided), "call")} by a run that may be another machine's, or is not known.`,
            `Look whether it still runs. Then run ${recover}, which says what it cannot tell.`,
          ),
        ]),
    ...(current.length === 0 ? [] : [ok(`A run is in progress, with ${count(callsOf(current), "call")}.`)]),
    ...(others.length === 0 ? [] : [ok(`Of other stacks: notes of ${count(callsOf(others), "call")}.`)]),
  ];
}

function callsOf(runs: readonly RunFile[]): number {
  return runs.reduce((sum, { notes, damaged }) => sum + notes.length + damaged, 0);
}

/** Whether each run can write its notes: without a note nothing is sent. */
export const checkJournalFolder: Check<Surroundings> = {
  name: "journal's folder",
  async run(surroundings) {
    const folder = folderOf(surroundings);
    const existing = nearest(folder);
    const next = "Set PULUMI_HOME to a folder on a local disk that can be written to.";
    if (!isWritable(existing)) return failure(`${folder} cannot be written to, so no call would be sent.`, next);
    const { bavail, blocks, bsize } = fs.statfsSync(existing);
    // A file system without blocks does not say how much room it has.
    const free = blocks === 0 ? Infinity : bavail * bsize;
    if (free < LEAST_BYTES) {
      return failure(
        `The disk of ${folder} has less than 1 MiB left, so no call would be sent.`,
        "Free some space on that disk.",
      );
    }
    if (free < FEW_BYTES) {
      return warning(`The disk of ${folder} has ${Math.floor(free / MIB)} MiB left.`, "Free some space on that disk.");
    }
    if (isLocalDisk(existing) === false) {
      return warning(
        `${folder} may be on a network: notes may be lost with it, and another machine's runs may be taken for this one's.`,
        next,
      );
    }
    return ok(`${folder} can be written to.`);
  },
};

const MIB = 1024 * 1024;
const LEAST_BYTES = MIB;
const FEW_BYTES = 100 * MIB;

function folderOf({ env, cwd }: Surroundings): string {
  return journalFolder({ env, folder: cwd });
}
