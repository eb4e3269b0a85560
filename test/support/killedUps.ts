import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { recover } from "../../provider/commands/recover/recover";
import type { Recovery, RecoverOptions } from "../../provider/commands/recover/recoverOptions";
import { headerText, readRun } from "../../provider/journal/runFile";
import { journalOf } from "./journalOf";
import { pluginsOf } from "./pluginsOf";
import { UP } from "./pulumiArgs";
import { requestNumber } from "./requestNumber";
import { type Project, useProject } from "./project";
import type { Each } from "./sandbox";

const address = (name: string) => `${name}@seeds.example.com`;

// One after the other, so that an enrollment is recorded when the next one is sent.
const PROGRAM = `
  let last = [];
  for (const name of process.env.NAMES.split(",")) {
    last = [new JourneyEnrollment(name, { journeyId, email: name + "@seeds.example.com" }, { dependsOn: last })];
  }
`;

/** A project that enrolls the addresses which NAMES has, the same in each of its stacks, and whose ups can be killed. */
export interface KilledUps {
  readonly project: () => Project;
  /** Leaves the starts of an address without an answer until `release`. */
  readonly hold: (name: string) => void;
  readonly release: () => void;
  /** Runs an up until its last start is sent, and kills. */
  readonly kill: (names: string, victims: readonly ("cli" | "plugin")[]) => Promise<void>;
  /** Recovers in this process, which is faster than the command. */
  readonly recovered: (options?: Partial<RecoverOptions>) => Promise<Recovery>;
  /** What became of each address. */
  readonly statuses: () => Record<string, string>;
  readonly noteFiles: () => string[];
}

export function useKilledUps(each: Each = "test"): KilledUps {
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  const open = () => {
    release();
    wait = setTimeout;
  };
  (each === "test" ? beforeEach : before)(open);
  const project = useProject(PROGRAM, { sleep: (ms) => wait(ms) }, each);
  (each === "test" ? afterEach : after)(open);

  const hold = (name: string) => {
    const answers = new Promise<void>((resolve) => (release = resolve));
    wait = () => answers;
    project().sandbox.faults.add({ kind: "delay", delayMs: 1, on: "start", email: address(name) });
  };
  return {
    project,
    hold,
    release: () => release(),
    async kill(names, victims) {
      const all = names.split(",");
      hold(all.at(-1)!);
      const asked = requestNumber(project(), all.length);
      const cli = project().start({ NAMES: names }, ...UP);
      const ended = once(cli, "exit");
      await asked;
      const plugins = pluginsOf(project());
      if (victims.includes("cli")) cli.kill("SIGKILL");
      if (victims.includes("plugin")) for (const pid of plugins) process.kill(pid, "SIGKILL");
      await ended;
      open();
      project().sandbox.faults.clear();
      project().requests();
    },
    recovered: (options = {}) =>
      recover({ stack: "test", cwd: project().dir, env: project().env, log: () => undefined, ...options }),
    statuses: () =>
      Object.fromEntries(
        project()
          .sandbox.store.all()
          .map(({ email, status }) => [email.replace(/@.*/, ""), status]),
      ),
    noteFiles() {
      const folder = journalOf(project().env);
      return fs.readdirSync(folder).map((name) => path.join(folder, name));
    },
  };
}

/** Makes notes look like those of a container on another machine, which has them on the same volume. */
export function writeAsElsewhere(file: string): void {
  const { plugin, engine, ...header } = readRun(file).header!;
  const elsewhere = { boot: "another", host: "runner-7" };
  const first = headerText({
    ...header,
    plugin: { ...plugin, ...elsewhere },
    ...(engine === undefined ? {} : { engine: { ...engine, ...elsewhere } }),
  });
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^.*/, first));
}
