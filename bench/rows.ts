import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { folderOf, processesMatching } from "../provider/processes/processes";
import { createWorkbench } from "../tools/workbench";

export const STEPS = ["up", "noChange", "preview", "destroy"] as const;
export type Step = (typeof STEPS)[number];

/** What one step came to. */
export interface Measured {
  readonly seconds: number;
  /** It was ended after so long, and had not done its work. */
  readonly unfinished?: boolean;
  /** Peak of the plugin's resident memory, in MB. */
  readonly pluginMb?: number;
  /** The most requests that came in any one second. */
  readonly busiestSecond?: number;
  /** From the first request to the last. */
  readonly sendingMs?: number;
}

/** A way to enroll so many contacts, ready to be measured. */
interface Candidate {
  run(step: Step): Promise<Measured>;
  /** What is stored for each contact, in bytes, after up. */
  stateBytes(): Promise<number>;
  dispose(): void;
}

interface Setting {
  readonly url: string;
  readonly contacts: number;
  /** Requests a second, or none for no limit. */
  readonly limit?: number;
}

export const rows = { single, cohort, baseline, empty, tofu };
export type Row = keyof typeof rows;

const KEY = "TESTKEY-0000000-0000000-0000000";
const LIMIT_MS = 400_000;
/** So high that it is none. */
const NO_LIMIT = 1_000_000;

const HEAD = `
const { JourneyCohort, JourneyEnrollment } = require("pulumi-mailmodo");
const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const contacts = Array.from({ length: Number(process.env.BENCH_CONTACTS) }, (_, i) => ({
  email: "seed" + i + "@seeds.example.com", data: { firstName: "Ada", seats: i },
}));
`;

function single(setting: Setting): Promise<Candidate> {
  return pulumi(
    setting,
    `${HEAD}contacts.forEach((contact, i) => new JourneyEnrollment("seed-" + i, { journeyId, ...contact }));`,
  );
}

function cohort(setting: Setting): Promise<Candidate> {
  return pulumi(setting, `${HEAD}new JourneyCohort("seeds", { journeyId, contacts });`);
}

function baseline(setting: Setting): Promise<Candidate> {
  return pulumi(setting, fs.readFileSync(path.join(__dirname, "baseline/index.js"), "utf8"));
}

/** A program without a resource: what Pulumi takes by itself. */
function empty(setting: Setting): Promise<Candidate> {
  return pulumi(setting, "");
}

async function pulumi({ url, contacts, limit = NO_LIMIT }: Setting, program: string): Promise<Candidate> {
  const bench = await createWorkbench(
    {
      "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      "Pulumi.bench.yaml":
        `config:\n  mailmodo:baseUrl: ${url}\n  mailmodo:requestsPerSecond: "${limit}"\n` +
        `  mailmodo:allowedRecipients: ["*@seeds.example.com"]\n`,
      "package.json": "{}",
      "index.js": program,
    },
    { packages: ["@pulumi/pulumi", "pulumi-mailmodo", "axios"] },
  );
  Object.assign(bench.env, { MAILMODO_API_KEY: KEY, BENCH_URL: url, BENCH_CONTACTS: String(contacts) });
  const args: Record<Step, string[]> = {
    up: ["up", "--yes", "--skip-preview"],
    noChange: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
    preview: ["preview"],
    destroy: ["destroy", "--yes", "--skip-preview"],
  };
  await bench.pulumi("stack", "init", "bench");
  return {
    async run(step) {
      const memory = watchMemory(bench.dir);
      const began = performance.now();
      const { code, output } = await bench.pulumi(...args[step], "--suppress-progress", "--suppress-outputs");
      const seconds = (performance.now() - began) / 1000;
      if (code !== 0) throw new Error(`${step} of ${contacts} failed:\n${output.slice(-2000)}`);
      return { seconds, pluginMb: memory.peakMb() };
    },
    async stateBytes() {
      return Buffer.byteLength((await bench.pulumi("stack", "export")).stdout) / contacts;
    },
    dispose: () => bench.dispose(),
  };
}

/** The peak that the kernel keeps for the project's plugin, asked for while it lives. */
function watchMemory(dir: string): { peakMb(): number } {
  let peak = 0;
  const timer = setInterval(() => {
    for (const { pid } of processesMatching("dynamic-provider").filter((one) => folderOf(one.pid) === dir)) {
      try {
        const kb = /VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        peak = Math.max(peak, Number(kb ?? 0) / 1024);
      } catch {
        // It has ended.
      }
    }
  }, 100);
  return {
    peakMb() {
      clearInterval(timer);
      return Math.round(peak);
    },
  };
}

/** The folder with `tofu` and `terraform-provider-restapi`; bench/buildTofu.sh makes it. */
const TOFU = process.env["BENCH_TOFU"] ?? path.join(os.homedir(), ".cache/pulumi-mailmodo/bench");

export function hasTofu(): boolean {
  return ["tofu", "terraform-provider-restapi"].every((name) => fs.existsSync(path.join(TOFU, name)));
}

async function tofu({ url, contacts, limit }: Setting): Promise<Candidate> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "tofu-"));
  fs.writeFileSync(
    path.join(dir, "tofurc"),
    `provider_installation {\n  dev_overrides {\n    "Mastercard/restapi" = "${TOFU}"\n  }\n  direct {}\n}\n`,
  );
  fs.writeFileSync(
    path.join(dir, "main.tf"),
    `terraform {
  required_providers {
    restapi = { source = "Mastercard/restapi" }
  }
}
provider "restapi" {
  uri                  = "${url}"
  id_attribute         = "ref"
  write_returns_object = true
  ${limit === undefined ? "" : `rate_limit = ${limit}`}
}
resource "restapi_object" "seed" {
  count          = ${contacts}
  path           = "/hooks/start/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5"
  read_path      = "/instances/{id}"
  destroy_path   = "/hooks/abort/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5/{id}"
  destroy_method = "POST"
  data           = jsonencode({ email = "seed\${count.index}@seeds.example.com", data = { firstName = "Ada", seats = count.index } })
}
`,
  );
  const args: Record<Step, string[]> = {
    up: ["apply", "-auto-approve", "-parallelism=16"],
    noChange: ["apply", "-auto-approve", "-parallelism=16"],
    preview: ["plan", "-parallelism=16"],
    destroy: ["destroy", "-auto-approve", "-parallelism=16"],
  };
  return {
    async run(step) {
      const began = performance.now();
      const env = { ...process.env, TF_CLI_CONFIG_FILE: path.join(dir, "tofurc"), CHECKPOINT_DISABLE: "1" };
      const child = spawn(path.join(TOFU, "tofu"), [...args[step], "-no-color"], {
        cwd: dir,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (text: Buffer) => (output = (output + text.toString()).slice(-4000)));
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
        child.once("close", (...end) => resolve(end)),
      );
      clearTimeout(timer);
      const seconds = (performance.now() - began) / 1000;
      if (signal === "SIGKILL") return { seconds, unfinished: true };
      if (code !== 0) throw new Error(`tofu ${step} of ${contacts} failed:\n${output}`);
      return { seconds };
    },
    stateBytes: async () => fs.statSync(path.join(dir, "terraform.tfstate")).size / contacts,
    dispose: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}
