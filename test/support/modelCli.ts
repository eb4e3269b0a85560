// A stand-in for the Pulumi CLI, in this process, because the real one takes a fifth of a second for each command and
// random sequences ask for tens of thousands. test/engine runs the real one.
import * as fs from "node:fs";
import { Cli, type CliRun } from "../../provider/pulumi/cli";
import { lockFile, modelBackends } from "./modelBackend";

type RunCli = Cli["run"];

/** Lets recover, and the plugin, ask the stacks of `modelStack.ts` in the words of the CLI. */
export function useModelCli(): void {
  const methods = Object.getOwnPropertyDescriptors(Cli.prototype);
  const model: RunCli = function (this: Cli, args, options) {
    return answer(args, this.env, options?.input);
  };
  beforeEach(() => void Object.assign(Cli.prototype, { run: model }));
  afterEach(() => void Object.defineProperties(Cli.prototype, methods));
}

async function answer(args: readonly string[], env: NodeJS.ProcessEnv, input = ""): Promise<CliRun> {
  const url = env["PULUMI_BACKEND_URL"]!;
  const { states, config } = modelBackends.get(url)!;
  const name = args[args.indexOf("--stack") + 1]?.split("/").at(-1) ?? "";
  const succeed = (stdout: string) => ({ code: 0, stdout, stderr: "" });
  const fail = (stderr: string) => ({ code: 255, stdout: "", stderr });
  switch (args.slice(0, 2).join(" ")) {
    case "whoami --json":
      return succeed(JSON.stringify({ user: "qa", url }));
    case "config --show-secrets":
      return succeed(config);
    case "stack export": {
      const state = states.get(name);
      return state === undefined ? fail(`error: no stack named '${name}' found`) : succeed(state);
    }
    case "stack tag":
      return succeed("{}");
    case "stack import":
      states.set(name, input);
      return succeed("");
    case "stack ls":
      return succeed(JSON.stringify([...states.keys()].map((one) => ({ name: one }))));
    case "stack init": {
      const lock = lockFile(url, args[2]!);
      if (!fs.existsSync(lock)) return fail(`error: stack 'organization/seeds/${args[2]}' already exists`);
      return fail(
        `error: the stack is currently locked by 1 lock(s).\n  file://${lock}: created by ${fs.readFileSync(lock, "utf8")}\n`,
      );
    }
    default:
      throw new Error(`The model of the CLI knows no ${args.join(" ")}`);
  }
}
