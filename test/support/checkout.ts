import * as fs from "node:fs";
import * as path from "node:path";
import { createWorkbench, type Workbench } from "../../tools/workbench";
import { freePort } from "./freePort";
import type { RunningSandbox } from "./sandbox";

/** A machine of a CI's that nothing was done on yet, with a checkout of this repository. */
export interface Checkout extends Workbench {
  /** An empty folder beside the checkout. */
  readonly temp: string;
  /** The port of a sandbox that is started in it. */
  readonly port: number;
  /** What a CI's file says, with that port in the place of 8025, which others on this machine may use. */
  moved<T>(said: T): T;
}

/** Its previews enroll in the sandbox, and their secrets are under the KMS key of the settings; it has no backend, and no key. */
export async function createCheckout(sandbox: RunningSandbox): Promise<Checkout> {
  const settings = fs.readFileSync(path.join(__dirname, "../../Pulumi.preview.yaml"), "utf8");
  const bench = await createWorkbench(
    {
      // As its user sets it, but for Mailmodo's address.
      "Pulumi.preview.yaml":
        settings.replace("# secretsprovider:", "secretsprovider:") +
        `  mailmodo:baseUrl: ${sandbox.url}\n  mailmodo:requestTimeoutSeconds: "2"\n  mailmodo:lateStartSeconds: "0"\n`,
    },
    {
      copies: [
        "Pulumi.yaml",
        "Pulumi.preview-sandbox.yaml",
        "package.json",
        "tsconfig.json",
        "stacks",
        "tools/withNode.js",
      ],
      packages: "all",
    },
  );
  const [temp, bin] = ["temp", "bin"].map((name) => path.join(bench.dir, "..", name)) as [string, string];
  for (const folder of [temp, bin]) fs.mkdirSync(folder);
  fs.writeFileSync(path.join(bin, "npm"), NPM, { mode: 0o755 });
  Object.assign(bench.env, {
    PATH: `${bin}:${bench.env["PATH"]}`,
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    // What tsc checks already need not be checked at each run.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    TS_NODE_TRANSPILE_ONLY: "true",
  });

  const port = await freePort();
  const move = (text: string) => text.replaceAll("8025", String(port));
  const file = path.join(bench.dir, "Pulumi.preview-sandbox.yaml");
  fs.writeFileSync(file, move(fs.readFileSync(file, "utf8")));
  return { ...bench, temp, port, moved: <T>(said: T) => JSON.parse(move(JSON.stringify(said))) as T };
}

/** The node_modules of this repository are there, so `npm ci` need not install them from the registry for a minute. */
const NPM = `#!/usr/bin/env bash
if [[ $1 == ci ]]; then [[ -d node_modules ]]; exit; fi
PATH=\${PATH#*:} exec npm "$@"
`;
