import assert from "node:assert/strict";
import { Command } from "commander";
import { addCommands } from "../../../provider/commands/commands";
import { reportWrongUse } from "../../../provider/commands/conventions";
import { exitCodeOf, STOP_SIGNALS } from "../../../provider/commands/signals";
import { version } from "../../../provider/package.json";
import { run } from "../../../tools/workbench";
import { COMMAND } from "../../support/command";

describe("every command of pulumi-mailmodo", function () {
  this.timeout(60_000);
  const program = reportWrongUse(new Command());
  addCommands(program);
  const commands = program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]));

  for (const command of commands) {
    const words = wordsOf(command);
    const needed = command.options.flatMap(({ mandatory, long }) => (mandatory ? [long!, "pr-1"] : []));

    it(`shows in its help an example that it takes, its exit codes and --json: ${words.join(" ")}`, () => {
      const help = helpOf(command);
      assert.match(help, new RegExp(`\nExamples?:\n  npx pulumi-mailmodo ${words.join(" ")}`));
      assert.match(help, /\nExit codes: 0.*; 1 if .*; 2 for a usage error\.\n$/);
      assert.match(help, / {2}--json +print the result as JSON/);
      const options = new Set(command.options.map(({ long }) => long));
      const shown = help.slice(help.indexOf("Example")).match(/(?<= )--[a-z-]+/g) ?? [];
      assert.deepEqual(
        shown.filter((option) => !options.has(option)),
        [],
      );
    });

    it(`refuses in one line, and exits with 2, an option that is none: ${words.join(" ")}`, async () => {
      const { code, stdout, stderr } = await run(
        process.execPath,
        [COMMAND, ...words, ...needed, "--\u001bnope"],
        __dirname,
        process.env,
      );
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^error: unknown option '-- nope'\n$/);
    });
  }

  for (const command of commands.filter((one) => helpOf(one).includes("if a signal stopped it"))) {
    it(`promises the exit codes of the signals that it handles: ${wordsOf(command).join(" ")}`, () => {
      const [, codes] = /; ([\d, or]+|128 and its number) if a signal stopped it/.exec(helpOf(command)) ?? [];
      // The probe handles so many that it names the rule.
      const expected = command.name() === "probe" ? ["128"] : STOP_SIGNALS.map(exitCodeOf).map(String).sort();
      assert.deepEqual(codes?.match(/\d+/g), expected);
    });
  }

  it("has a version, for those who report a problem", async () => {
    const { code, stdout } = await run(process.execPath, [COMMAND, "--version"], __dirname, process.env);
    assert.deepEqual([code, stdout], [0, `${version}\n`]);
  });

  for (const [args, says] of [
    [["recover"], /^error: required option '--stack <name>' not specified\n$/],
    [["recover", "--stack", "dev", "--lock-dead-after", "soon"], / is invalid\. Not a duration: "soon"\. .*\n$/],
    [
      ["recover", "--stack", ""],
      /^error: option '--stack <name>' argument '' is invalid\. Not a stack name: ""\. .*\n$/,
    ],
    [["recover", "--stack", "a/b/c/d"], / is invalid\. Not a stack name: "a\/b\/c\/d"\. .*\n$/],
    [["recover", "--stack", "dev", "--jsn"], /^error: unknown option '--jsn' \(Did you mean --json\?\)\n$/],
    [["previews", "up", "--name", "pr-1", "--ttl", "5m"], / is invalid\. Not a time to live: "5m"\. .*\n$/],
    [["previews", "down", "--name", "a/b"], / is invalid\. Not a preview name: "a\/b": .*\n$/],
    [["previews", "sweep", "--all"], /^--all is for an empty open list\. .*\n$/],
    [["previews", "sweep", "--open", "a", "--open-file", "b"], /^Give --open or --open-file, not both\.\n$/],
    [["previews", "sweep", "--open", ""], /^--open names no preview, so all would be destroyed\. .*\n$/],
    [["status", "--cwd", "nowhere"], /^The folder nowhere does not exist\. .*\n$/],
    [["doctor", "dev"], /^error: too many arguments for 'doctor'\. .*\n$/],
    [["statsu"], /^error: unknown command 'statsu' \(Did you mean status\?\)\n$/],
  ] as const) {
    it(`refuses in one line, and exits with 2: ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await run(process.execPath, [COMMAND, ...args], __dirname, process.env);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
  }
});

function wordsOf(command: Command): string[] {
  const { parent } = command;
  return parent === null ? [] : [...wordsOf(parent), command.name()];
}

/** All that `--help` prints. */
function helpOf(command: Command): string {
  let text = "";
  const output = command.configureOutput();
  command.configureOutput({ ...output, writeOut: (more) => (text += more) });
  command.outputHelp();
  return text;
}
