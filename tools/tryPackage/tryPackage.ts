import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkCleanInstall } from "./cleanInstall";
import { BUN_RUNTIME, consumers } from "./consumers";
import { inParallel } from "./inParallel";
import { failuresOf, lineOf, tableOf } from "./results";
import { sandboxProjects } from "./sandboxProjects";
import { checkTarball, pack } from "./tarball";
import { tryConsumer } from "./tryConsumer";
import { trySandbox } from "./trySandbox";

/** As many as the smallest machine of a CI has cores. */
const AT_ONCE = 2;

/**
 * Packs the packages as they would be published and checks the tarballs. Tries the provider in each consumer: install,
 * type check, up and destroy; and the sandbox in each of its projects. Prints a table.
 *
 * @param words If any, only the projects with a program whose name has one of them, and no checks of the tarballs.
 * @returns Whether all of it works.
 */
async function tryPackage(words: string[]): Promise<boolean> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "try-package-")));
  try {
    const provider = await pack("provider", folder);
    const sandbox = await pack("sandbox", folder);
    const isChosen = ({ name }: { name: string }) => words.length === 0 || words.some((word) => name.includes(word));
    const jobs = [
      ...consumers(provider.file)
        .filter(({ programs }) => programs.some(isChosen))
        .map((consumer) => () => tryConsumer(consumer, provider)),
      ...sandboxProjects(sandbox.file)
        .filter(isChosen)
        .map((project) => () => trySandbox(project, sandbox)),
    ];
    if (jobs.length === 0) throw new Error(`No consumer has ${words.join(" or ")} in its name.`);
    if (words.length === 0)
      jobs.unshift(
        checkCleanInstall,
        () => checkTarball(provider),
        () => checkTarball(sandbox),
      );
    const done = await inParallel(jobs, AT_ONCE, (results) => console.log(results.map(lineOf).join("\n")));
    const results = done.flat();
    console.log(tableOf(results));
    console.log(BUN_RUNTIME);
    const failures = failuresOf(results);
    for (const failure of failures) console.error(failure);
    return failures.length === 0;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

tryPackage(process.argv.slice(2)).then(
  (works) => (process.exitCode = works ? 0 : 1),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
