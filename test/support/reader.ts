import * as fs from "node:fs";
import * as path from "node:path";
import { createWorkbench, run, type Run, type Workbench } from "../../tools/workbench";
import { blocks, readPage } from "./markdown";
import { freePort } from "./freePort";

/** A reader who copies blocks of the documents into a shell, in a clone of this repository. */
export interface Reader {
  /** Where the sandbox of the blocks listens. */
  readonly url: string;
  readonly env: Workbench["env"];
  /** Runs the lines in one shell that stops at the first that fails. */
  run(...lines: string[]): Promise<Run>;
  dispose(): void;
}

export async function createReader(): Promise<Reader> {
  const bench = await createWorkbench({}, { copies: ["package.json", "templates"], packages: "all" });
  const bin = path.join(bench.dir, "../bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, "npm"), NPM, { mode: 0o755 });
  const { PATH } = bench.env;
  Object.assign(bench.env, {
    PATH: `${bin}:${PATH}`,
    CLONE: bench.dir,
    // The blocks set their own.
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    // Where a block lets its reader confirm.
    PULUMI_SKIP_CONFIRMATIONS: "true",
  });
  const port = String(await freePort());
  return {
    ...bench,
    url: `http://127.0.0.1:${port}`,
    run(...lines) {
      // A block that fails leaves its sandbox, which would hold the shell's output open.
      const script = ["trap 'kill $(jobs -p) 2> /dev/null || true' EXIT", ...lines].join("\n");
      // Others on this machine may use the port. A clone has another name here.
      const moved = script
        .replaceAll("8025", port)
        .replaceAll("../pulumi-mailmodo/", `../${path.basename(bench.dir)}/`);
      return run("bash", ["-eo", "pipefail", "-c", moved], bench.dir, bench.env);
    },
  };
}

/** The block of a page that has a text in it. */
export function blockWith(page: string, text: string): string {
  const found = blocks(readPage(page)).filter(({ code }) => code.includes(text));
  if (found.length !== 1) throw new Error(`${page} has ${found.length} blocks with ${text}`);
  return found[0]!.code;
}

/** What a first project has. Pulumi would look for the plugins of all packages that it finds. */
const INSTALLED = [
  "@pulumi/pulumi",
  "pulumi-mailmodo",
  "mailmodo-sandbox",
  "typescript",
  "@types/node",
  ".bin/pulumi-mailmodo",
  ".bin/mailmodo-sandbox",
  ".bin/tsc",
];

/** The packages of this repository are linked in the place of what npm would install; try-package packs and installs. */
const NPM = `#!/usr/bin/env bash
case $1 in
  pack) ;;
  install)
    for name in ${INSTALLED.join(" ")}; do
      mkdir -p "$(dirname "node_modules/$name")"
      ln -sfn "$CLONE/node_modules/$name" "node_modules/$name"
    done ;;
  *) PATH=\${PATH#*:} exec npm "$@" ;;
esac
`;
