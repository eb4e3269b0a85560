import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Workbench } from "../../tools/workbench";

/**
 * Lets every start in a stack's state be a minute older, so that it can take effect no more and nobody waits for that: the
 * plugin's clock is the machine's.
 *
 * @param stack Default: the one that is selected.
 */
export async function aMinuteLater(bench: Workbench, stack?: string): Promise<void> {
  const of = stack === undefined ? [] : ["--stack", stack];
  const exported = await bench.pulumi("stack", "export", ...of);
  assert.equal(exported.code, 0, exported.output);
  const older = exported.stdout
    .replace(/(?<="startedAt": ")[^"]+/g, (at) => new Date(Date.parse(at) - MINUTE_MS).toISOString())
    .replace(/(\[null,\\"[^"]*\\",)(\d+)/g, (_, record: string, at) => record + String(Number(at) - MINUTE_MS));
  assert.notEqual(older, exported.stdout, "there is a start in the state");
  const file = path.join(bench.dir, "older.json");
  fs.writeFileSync(file, older);
  const imported = await bench.pulumi("stack", "import", "--file", file, ...of);
  fs.rmSync(file);
  assert.equal(imported.code, 0, imported.output);
}

const MINUTE_MS = 60_000;
