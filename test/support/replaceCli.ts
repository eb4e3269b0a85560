import * as fs from "node:fs";
import * as path from "node:path";

/** Puts a shell script in the CLI's place, beside a project. Returns the environment in which it is found. */
export function replaceCli(project: { readonly dir: string }, script: string): Record<string, string> {
  const bin = path.join(project.dir, "../bin");
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env["PATH"]}` };
}
