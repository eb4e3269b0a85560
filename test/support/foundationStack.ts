import assert from "node:assert/strict";
import { createWorkbench, type Run, type Workbench } from "../../tools/workbench";
import { startAwsPlugin, type AwsPlugin } from "./awsPlugin";
import { clientsFor, type Clients } from "./awsResources/awsResource";
import { useMoto, type Moto } from "./moto";
import { UP } from "./pulumiArgs";

/** The stack "foundation" of this repository, created with the real engine, in moto by the double of the plugin. */
export interface FoundationStack {
  readonly bench: Workbench;
  readonly moto: Moto;
  readonly aws: Clients;
  readonly outputs: Outputs;
  /** Runs the CLI and demands that it succeeds. */
  readonly succeed: (...args: string[]) => Promise<Run>;
  /** Where Pulumi's state is from the next run on. It starts in a folder. */
  readonly keepStateIn: (where: "folder" | "bucket") => void;
}

interface Outputs {
  readonly [name: string]: unknown;
  readonly apiKeySecretArn: string;
  readonly stateBucket: string;
  readonly backendUrl: string;
  readonly secretsProvider: string;
  readonly mailBucket: string;
  readonly previewRoleArn: string;
}

const CONFIG = `config:
  aws:region: us-east-1
  seeds:mailDomain: seeds.example.com
  seeds:githubRepository: octocat/seeds
`;

/** Creates the stack for a suite, and removes everything afterwards. */
export function useFoundationStack(): () => FoundationStack {
  const moto = useMoto();
  let stack: FoundationStack;
  let plugin: AwsPlugin | undefined;
  let bench: Workbench | undefined;
  before(async () => {
    plugin = await startAwsPlugin(moto());
    bench = await createWorkbench(
      { "Pulumi.foundation.yaml": CONFIG, "empty.yaml": "config: { aws:region: us-east-1 }\n" },
      { copies: ["Pulumi.yaml", "stacks", "tsconfig.json", "package.json"], packages: "all" },
    );
    Object.assign(bench.env, plugin.env, moto().env, { PULUMI_STACK: "foundation" });
    stack = await up(bench, moto());
  });
  after(() => {
    bench?.dispose();
    plugin?.close();
  });
  return () => stack;
}

async function up(bench: Workbench, moto: Moto): Promise<FoundationStack> {
  const succeed: FoundationStack["succeed"] = async (...args) => {
    const result = await bench.pulumi(...args);
    assert.equal(result.code, 0, `pulumi ${args.join(" ")}:\n${result.output}`);
    return result;
  };
  await succeed("stack", "init", "foundation");
  await succeed(...UP);
  const outputs = JSON.parse((await succeed("stack", "output", "--json")).stdout) as Outputs;
  const folder = bench.env["PULUMI_BACKEND_URL"];
  return {
    bench,
    moto,
    aws: clientsFor(moto, "us-east-1"),
    outputs,
    succeed,
    keepStateIn(where) {
      // moto's one host serves all buckets.
      bench.env["PULUMI_BACKEND_URL"] = where === "folder" ? folder : `${outputs.backendUrl}&use_path_style=true`;
    },
  };
}
