import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY, type Profile } from "mailmodo-sandbox";
import type { Options } from "../../provider/commands/probe/options";
import { runProbe } from "../../provider/commands/probe/runProbe";
import type { ProbeResult } from "../../provider/commands/probe/result";
import { openGateway, type Gateway, type Spoiled } from "./gateway";
import { journeyId } from "./journeyId";
import { useMovableClock } from "./movableClock";
import { startSandbox, type RunningSandbox } from "./sandbox";

/** The address of the probes. No output and no file may hold it. */
export const PROBED = "probe+secret@seeds.example.com";

/** A probe that has ended. */
export interface Probed {
  readonly exitCode: number;
  readonly result: ProbeResult | undefined;
  readonly lines: readonly string[];
  readonly sandbox: RunningSandbox;
  readonly gateway: Gateway;
  /** The paths of the starts that came to the sandbox's gateway. */
  readonly starts: readonly string[];
}

export interface ProbeOptions {
  readonly profile?: Profile | readonly string[];
  readonly options?: Partial<Options>;
  readonly spoil?: (nth: number) => Spoiled | undefined;
  /** Called with each line. */
  readonly onLine?: (line: string) => void;
  /** Prepares the sandbox. */
  readonly prepare?: (sandbox: RunningSandbox) => void | Promise<void>;
}

/** The options of a probe of the tests' journey. */
export function probeOptions(baseUrl: string, more: Partial<Options> = {}): Options {
  return {
    journey: journeyId,
    email: PROBED,
    allow: ["*@seeds.example.com"],
    cwd: ".",
    baseUrl,
    secondInstance: false,
    yes: true,
    json: false,
    ...more,
  };
}

/** Probes sandboxes of their own, each with a gateway before it, in a time that moves by itself. */
export function useProbes(): (given?: ProbeOptions) => Promise<Probed> {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  return async ({ profile = [], options, spoil, onLine, prepare } = {}) => {
    const sandbox = await startSandbox({ profile, now: () => Date.now(), sleep: async () => undefined });
    open.push({ close: () => sandbox.app.close() });
    await prepare?.(sandbox);
    const gateway = await openGateway(sandbox.url, spoil);
    open.push(gateway);
    const lines: string[] = [];
    const log = (line: string) => {
      lines.push(line);
      onLine?.(line);
    };
    const env = { ...process.env, MAILMODO_API_KEY: SANDBOX_KEY };
    const hung = () =>
      gateway.hung + sandbox.store.requests().filter(({ fault }) => fault === "late" || fault === "hang").length;
    const { result, exitCode } = await clock.settle(runProbe(probeOptions(gateway.url, options), log, env), hung);
    const starts = gateway.paths.filter((one) => one.startsWith("/hooks/start/"));
    return { exitCode, result, lines, sandbox, gateway, starts };
  };
}

/** A folder of a suite's own. */
export function useTemporaryFolder(): () => string {
  let folder = "";
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "probe-"))));
  after(() => fs.rmSync(folder, { recursive: true }));
  return () => folder;
}
