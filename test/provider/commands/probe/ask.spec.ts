import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { announcement } from "../../../../provider/commands/probe/ask";
import { COMMAND } from "../../../support/command";
import { journeyId } from "../../../support/journeyId";
import { useSandbox } from "../../../support/sandbox";

/** Runs a command on a terminal of its own, hands it what comes in, and ends as it does. */
const ON_A_TERMINAL = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;

describe("the probe's question on a terminal", function () {
  this.timeout(60_000);
  const sandbox = useSandbox();

  async function answer(keys: string, env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
    const target = ["--journey", journeyId, "--email", "probe@seeds.example.com", "--allow", "*@seeds.example.com"];
    const command = [process.execPath, COMMAND, "probe", ...target, "--base-url", sandbox().url];
    const child = spawn("python3", ["-c", ON_A_TERMINAL, ...command], {
      env: { ...process.env, MAILMODO_API_KEY: SANDBOX_KEY, TERM: "xterm", ...env },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const wasAsked = output.includes("[y/N]");
      output += text;
      if (!wasAsked && output.includes("[y/N]")) child.stdin.write(keys);
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  for (const keys of ["\r", "n\r", "maybe\r", "\u0004"]) {
    it(`takes ${JSON.stringify(keys)} for no: nothing is sent, and it exits with 1`, async () => {
      const { code, output } = await answer(keys);
      assert.equal(code, 1, output);
      assert.match(output, /Nothing was sent\./);
      assert.deepEqual(sandbox().store.requests(), []);
    });
  }

  it("takes Ctrl-C for no, and exits with 130", async () => {
    const { code, output } = await answer("\u0003");
    assert.equal(code, 130, output);
    assert.deepEqual(sandbox().store.requests(), []);
  });

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
