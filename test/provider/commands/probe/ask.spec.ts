import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { announcement } from "../../../../provider/commands/probe/ask";
import { COMMAND } from "../../../support/command";
import { journeyId } from "../../../support/journeyId";
import { useSandbox } from "../../../support/sandbox";

/** Runs a command on a terminal of its own, hands it what comes in, and ends as it does. */
const ON_A_TERMINAL = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;

/** The process says its id, and becomes the command: all of it on the terminal, or with stderr on another stream. */
const ALL_ON_IT = 'echo "pid $$."; exec "$@"';
const STDERR_ELSEWHERE = 'echo "pid $$."; exec "$@" 2>&3';

const PID = /pid (\d+)\./;

interface Asked {
  readonly type: (keys: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
}

describe("the probe's question on a terminal", function () {
  this.timeout(60_000);
  const sandbox = useSandbox();

  /** @param reply What happens once it has asked. */
  async function ask(
    reply: (asked: Asked) => void,
    { script = ALL_ON_IT, env = {} }: { readonly script?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<{ code: number | null; output: string }> {
    const target = ["--journey", journeyId, "--email", "probe@seeds.example.com", "--allow", "*@seeds.example.com"];
    const command = [process.execPath, COMMAND, "probe", ...target, "--base-url", sandbox().url];
    const child = spawn("python3", ["-c", ON_A_TERMINAL, "sh", "-c", script, "sh", ...command], {
      env: { ...process.env, MAILMODO_API_KEY: SANDBOX_KEY, TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    let output = "";
    let hasReplied = false;
    const asked: Asked = {
      type: (keys) => void child.stdin.write(keys),
      kill: (signal) => void process.kill(Number(PID.exec(output)![1]), signal),
    };
    for (const stream of [child.stdout, child.stdio[3] as Readable]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (hasReplied || !PID.test(output) || !output.includes("[y/N]")) return;
        hasReplied = true;
        reply(asked);
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  const answer = (keys: string, env: NodeJS.ProcessEnv = {}) => ask(({ type }) => type(keys), { env });

  for (const keys of ["\r", "n\r", "maybe\r", "\u0004"]) {
    it(`takes ${JSON.stringify(keys)} for no: nothing is sent, and it exits with 1`, async () => {
      const { code, output } = await answer(keys);
      assert.equal(code, 1, output);
      assert.match(output, /Nothing was sent\./);
      assert.deepEqual(sandbox().store.requests(), []);
    });
  }

  for (const [where, script] of [
    ["with stderr on it", ALL_ON_IT],
    ["with stderr elsewhere", STDERR_ELSEWHERE],
  ] as const) {
    for (const [what, reply, expected] of [
      ["Ctrl-C", ({ type }: Asked) => type("\u0003"), 130],
      ["SIGINT", ({ kill }: Asked) => kill("SIGINT"), 130],
      ["SIGTERM", ({ kill }: Asked) => kill("SIGTERM"), 143],
      ["SIGHUP", ({ kill }: Asked) => kill("SIGHUP"), 129],
    ] as const) {
      it(`takes ${what} for no, and exits with ${expected}, ${where}`, async () => {
        const { code, output } = await ask(reply, { script });
        assert.equal(code, expected, output);
        // The terminal may show the ^C just before it.
        assert.match(output, /^(?:\^C)?Received SIG\w+; stopping\.\r?$/m);
        assert.match(output, /Nothing was sent\.\r?$/m);
        assert.deepEqual(sandbox().store.requests(), []);
      });
    }
  }

  it("goes on after yes, in color", async () => {
    const { code, output } = await answer("y\r", { NO_COLOR: undefined });
    assert.equal(code, 0, output);
    assert.match(output, /\u001b\[32myes\u001b\[39m/);
    assert.deepEqual(sandbox().running(), []);
  });

  it("goes on after yes, without color if NO_COLOR is set", async () => {
    const { code, output } = await answer("yes\r", { NO_COLOR: "1" });
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\u001b\[3[12]m/);
  });
});

describe("what the probe announces", () => {
  for (const [everyMs, pace] of [
    [1_000, "one request a second, for about 13 s"],
    [2_000, "one request every 2 s, for about 26 s"],
    [20_000, "one request every 20 s, for about 5 min"],
  ] as const) {
    it(`is its pace and how long it takes, at a request every ${everyMs} ms`, () => {
      const target = { journeyId, email: "probe@seeds.example.com", secondInstance: false };
      const [first] = announcement(target, "https://api.mailmodo.com", everyMs);
      assert.equal(first, `This asks https://api.mailmodo.com, with your key, ${pace}.`);
    });
  }
});
