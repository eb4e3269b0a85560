import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ProbeResult } from "../../../../provider/commands/probe/result";
import { SITUATIONS } from "../../../../provider/commands/probe/situations";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { COMMAND } from "../../../support/command";
import { journeyId } from "../../../support/journeyId";
import { readPage, tableRows } from "../../../support/markdown";
import { startProbe } from "../../../support/probeProcess";
import { useTemporaryFolder } from "../../../support/probing";
import { useSandbox } from "../../../support/sandbox";

describe("pulumi-mailmodo probe", function () {
  this.timeout(60_000);
  const sandbox = useSandbox();
  const folder = useTemporaryFolder();
  const probe = (...args: string[]) => startProbe(["--base-url", sandbox().url, ...args]).ended;

  const wrong: [what: string, args: string[], says: RegExp][] = [
    ["without a terminal and without --yes", [], /^There is no terminal to ask on\. Nothing was sent\./],
    ["for a journey that is none", ["--yes", "--journey", "x"], /^--journey must be a UUID\./],
    ["for an address that is none", ["--yes", "--email", "x"], /^--email is not a valid address/],
    [
      "for an address outside --allow",
      ["--yes", "--email", "a@b.example.com"],
      /^The address of --email is outside --al/,
    ],
    ["with a pattern that is none", ["--yes", "--allow", "all"], /^--allow has a pattern, number 2, that is not/],
    [
      "with a URL that is none",
      ["--yes", "--base-url", "http://api.mailmodo.com"],
      /^--base-url must begin with https/,
    ],
    ["with a file without a name", ["--yes", "--out", ""], /^--out must name a file/],
    ["with a folder in place of a file", ["--yes", "--out", "nowhere/"], /^--out must name a file/],
    [
      "with a folder that does not exist",
      ["--yes", "--stack", "dev", "--cwd", "/nowhere"],
      /^The folder \/nowhere does not/,
    ],
    ["with a folder that has no project", ["--yes", "--stack", "dev", "--cwd", "/"], /^There is no Pulumi project in/],
    ["for a stack without a name", ["--yes", "--stack", ""], /^--stack must name a stack/],
    ["with an empty URL", ["--yes", "--base-url", ""], /^--base-url is not a URL\./],
    ["with an option that is none", ["--yes", "--force"], /^error: unknown option '--force'/],
    ["with an option without its value", ["--yes", "--out"], /^error: option '--out <file>' argument missing/],
    ["with a word that is no option", ["--yes", "now"], /^error: too many arguments/],
  ];
  for (const [what, args, says] of wrong) {
    it(`refuses in one line, and exits with 2, ${what}`, async () => {
      const { code, stdout, stderr } = await probe(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1);
      assert.deepEqual(sandbox().store.requests(), []);
    });
  }

  it("exits with 2 if the command line is wrong, even if the key is missing too", async () => {
    const { code, stderr } = await startProbe(["--yes", "--out", ""], { MAILMODO_API_KEY: "" }).ended;
    assert.deepEqual([code, stderr], [2, "--out must name a file: --out mailmodo-profile.json.\n"]);
  });

  for (const option of ["--journey", "--email"]) {
    it(`exits with 2 without ${option}`, () => {
      const given = ["--journey", journeyId, "--email", "probe@seeds.example.com"];
      given.splice(given.indexOf(option), 2);
      const { status, stderr } = spawnSync(process.execPath, [COMMAND, "probe", ...given], { encoding: "utf8" });
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`^error: required option '${option} <\\w+>' not specified`));
    });
  }

  it("says in its help what each exit code means, and exits with 0", async () => {
    const { code, stdout } = await startProbe(["--help"]).ended;
    assert.equal(code, 0);
    const codes = tableRows(readPage("docs/probe.md").text).flatMap(([cell = ""]) => [...cell.matchAll(/\b\d+\b/g)]);
    // Those of signals are a rule.
    for (const [exitCode] of codes.filter(([code]) => Number(code) < 128))
      assert.match(stdout, new RegExp(`\\b${exitCode}\\b`));
  });

  it("exits with 2 without --allow and without a stack", async () => {
    const { runProbe } = await import("../../../../provider/commands/probe/runProbe");
    const { probeOptions } = await import("../../../support/probing");
    const { allow, ...options } = probeOptions(sandbox().url);
    assert.ok(allow !== undefined);
    const lines: string[] = [];
    const { exitCode } = await runProbe(options, (line) => lines.push(line), {});
    assert.equal(exitCode, 2);
    assert.match(lines.join("\n"), /^Each start may send real mail, .*--allow <pattern>, or --stack <name>/);
  });

  it("exits with 1 without a key", async () => {
    const { code, stderr } = await startProbe(["--yes"], { MAILMODO_API_KEY: "" }).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^Missing mailmodo:apiKey\./);
  });

  it("prints a table without colors, writes the file for its user alone, and exits with 0", async () => {
    const out = path.join(folder(), "mailmodo-profile.json");
    const { code, stdout, stderr } = await probe("--yes", "--out", out);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /│ a wrong key +│ 400 +│ success: false +│ Invalid mmApiKey +│ key refused +│ yes/);
    assert.match(stdout, /^The sandbox's profiles that answer so: default\.$/m);
    assert.doesNotMatch(stdout, /\u001b/);
    assert.equal(fs.statSync(out).mode & 0o777, 0o600);
    for (const text of [stdout, stderr, fs.readFileSync(out, "utf8")])
      assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("secret"), text);
    assert.deepEqual(fs.readdirSync(folder()), ["mailmodo-profile.json"]);
  });

  it("never overwrites a file, and asks nothing then", async () => {
    const out = path.join(folder(), "kept.json");
    fs.writeFileSync(out, "mine");
    const { code, stderr } = await probe("--yes", "--out", out);
    assert.equal(code, 2);
    assert.match(stderr, /^There is a file .* already\. Name another: --out <file>\.\n$/);
    assert.equal(fs.readFileSync(out, "utf8"), "mine");
    assert.deepEqual(sandbox().store.requests(), []);
  });

  it("prints JSON alone with --json, and exits with 1 where a setting fixes something", async () => {
    sandbox().useProfile({ ...(await defaultProfile()), abortEnded: { status: 400, message: "It's left the flow" } });
    const { code, stdout } = await probe("--yes", "--json");
    const { command, rows, mayStillRun } = JSON.parse(stdout) as ProbeResult;
    assert.deepEqual([code, mayStillRun], [1, []]);
    assert.equal(command, `pulumi config set mailmodo:alreadyOver '["It'\\''s left the flow"]'`);
    assert.deepEqual(
      rows.filter(({ verdict }) => verdict !== "right").map(({ name, verdict, note }) => [name, verdict, note]),
      [["abortEnded", "setting", "set mailmodo:alreadyOver"]],
    );
    assert.deepEqual(sandbox().running(), []);
  });

  it("has in its page each name of a situation", () => {
    const rows = tableRows(readPage("docs/probe.md").text).map(([name = "", situation = ""]) => [name, situation]);
    const names = Object.entries(SITUATIONS).map(([name, situation]) => [`\`${name}\``, situation]);
    assert.deepEqual(
      rows.filter(([name]) => names.some(([one]) => one === name)),
      names,
    );
  });
});

async function defaultProfile() {
  return (await import("mailmodo-sandbox")).defaultProfile;
}
