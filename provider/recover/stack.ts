import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { mustBeRevealed, SECRET, without, type Over, type Recorded } from "./recorded";

export interface Deployment {
  readonly secrets_providers?: { readonly state?: Encryption };
  readonly manifest?: { readonly time?: string };
  readonly resources?: readonly Recorded[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: Recorded }[];
}

/** In the words of the state. */
export interface Encryption {
  readonly salt?: string;
  readonly url?: string;
  readonly encryptedkey?: string;
}

/** The lock of a run, as the CLI words it. */
export interface Lock {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** When the run began, in milliseconds; in the future where the CLI does not tell. */
  readonly at: number;
}

export const NO_CLI = "The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.";

/** A stack of a project, by way of the CLI. Its state passes through memory only: it may hold secrets in clear. */
export class Stack {
  constructor(
    readonly name: string,
    readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly configFile?: string,
  ) {}

  /** The state with secrets in clear. */
  async state(): Promise<Deployment> {
    const { deployment } = JSON.parse(await this.succeed(["stack", "export", "--show-secrets"])) as {
      deployment?: Deployment;
    };
    return reveal(deployment ?? {}) as Deployment;
  }

  /** How the state's secrets are encrypted: the salt of a passphrase, or a key of a cloud's and where that is. */
  async encryption(): Promise<Encryption> {
    const { deployment } = JSON.parse(await this.succeed(["stack", "export"])) as {
      deployment?: Deployment;
    };
    return deployment?.secrets_providers?.state ?? {};
  }

  /**
   * A backend in a folder keeps a file of attributes beside each state, and writes it in place: a kill at that moment
   * leaves it empty, and the CLI then reads no state at all ("EOF"), though the state itself is whole. Takes such a file
   * away; the next run writes it anew.
   */
  async mendAttributes(): Promise<boolean> {
    const { url } = JSON.parse(await this.succeed(["whoami", "--json"], undefined, false)) as { url?: string };
    if (!url?.startsWith("file://")) return false;
    const folder = url.slice("file://".length).replace(/\?.*$/, "").replace(/^~/, os.homedir());
    const stacks = path.resolve(this.cwd, folder, ".pulumi", "stacks");
    if (!fs.existsSync(stacks)) return false;
    const empty = fs
      .readdirSync(stacks, { recursive: true, encoding: "utf8" })
      .filter((name) => path.basename(name) === `${this.name.split("/").at(-1)}.json.attrs`)
      .map((name) => path.join(stacks, name))
      .filter((file) => fs.statSync(file).size === 0);
    for (const file of empty) fs.rmSync(file);
    return empty.length > 0;
  }

  /**
   * Takes all pending operations, and what is over, out of the state. The CLI's import drops every pending operation,
   * whatever the file has (read in its source), so this is for when none is left to be seen to.
   *
   * @param over Says what runs no more.
   * @param seen The state by which it was decided; if it has changed since, nothing is written.
   */
  async clear(over: Over, seen: Deployment): Promise<void> {
    const read = async (...more: string[]) =>
      JSON.parse(await this.succeed(["stack", "export", ...more])) as { deployment: Deployment };
    let state = await read();
    // Secrets stay as they are, encrypted, unless one has to be changed; the CLI encrypts it again.
    if (state.deployment.resources?.some((resource) => mustBeRevealed(resource, over)))
      state = await read("--show-secrets");
    if (fingerprint(state.deployment) !== fingerprint(seen)) {
      throw new Error(`The state of the stack ${this.name} changed meanwhile; nothing was written. Recover again.`);
    }
    const resources = (state.deployment.resources ?? []).flatMap((resource) => without(resource, over));
    const deployment: Deployment = { ...state.deployment, resources, pending_operations: [] };
    await this.succeed(["stack", "import"], JSON.stringify({ ...state, deployment }));
  }

  /**
   * Who holds the stack's lock. Making a stack that is there already asks for the lock, and then fails: it is the one
   * command that asks and cannot write.
   *
   * @param secretsProvider The stack's own, for the CLI sees to it before it asks for the lock.
   */
  async locks(secretsProvider?: string): Promise<Lock[]> {
    const { stderr } = await this.run(initArgs(this.name, secretsProvider), undefined, false);
    const locks = [...stderr.matchAll(/created by (.+)@(\S+) \(pid (\d+)\)(?: at (\S+))?/g)];
    if (locks.length === 0 && !/already exists/.test(stderr)) {
      throw new Error(`Could not ask for the lock of the stack ${this.name}: ${lastLine(stderr)}`);
    }
    return locks.map(([, owner = "", host = "", pid, at = ""]) => ({
      owner,
      host,
      pid: Number(pid),
      at: Date.parse(at) || Infinity,
    }));
  }

  /** Frees the stack's lock, whoever holds it. */
  async unlock(): Promise<void> {
    await this.succeed(["cancel", "--yes"]);
  }

  /** Today's config, secrets in clear. */
  async config(): Promise<Record<string, string>> {
    const file = this.configFile === undefined ? [] : ["--config-file", this.configFile];
    const values = JSON.parse(await this.succeed(["config", "--show-secrets", "--json", ...file])) as Record<
      string,
      { value?: string; objectValue?: unknown }
    >;
    return Object.fromEntries(
      Object.entries(values).map(([name, { value, objectValue }]) => [name, value ?? JSON.stringify(objectValue)]),
    );
  }

  /** The project's other stacks. */
  async others(): Promise<Stack[]> {
    const stacks = JSON.parse(await this.succeed(["stack", "ls", "--json"], undefined, false)) as { name: string }[];
    return stacks
      .filter(({ name }) => name !== this.name && !name.endsWith(`/${this.name}`))
      .map(({ name }) => new Stack(name, this.cwd, this.env));
  }

  private async succeed(args: string[], input?: string, ofStack = true): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input, ofStack);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed for the stack ${this.name}: ${lastLine(stderr)}`);
    return stdout;
  }

  private async run(args: string[], input?: string, ofStack = true) {
    const all = [...args, ...(ofStack ? ["--stack", this.name] : []), "--non-interactive", "--color=never"];
    const child = spawn("pulumi", all, { cwd: this.cwd, env: this.env, stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // A CLI that refuses does not read its input to the end.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return { code, stdout, stderr };
    } catch {
      throw new Error(NO_CLI);
    }
  }
}

function initArgs(name: string, secretsProvider?: string): string[] {
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  return ["stack", "init", name, "--no-select", ...provider];
}

/** What changes whenever a run writes the state. */
function fingerprint({ manifest, resources = [], pending_operations: pending = [] }: Deployment): string {
  return JSON.stringify([manifest?.time, resources.map(({ urn }) => urn), pending.map(({ resource }) => resource.urn)]);
}

/** Puts the value of each secret in its place. */
function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (SECRET in fields && typeof fields["plaintext"] === "string") return reveal(JSON.parse(fields["plaintext"]));
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, reveal(field)]));
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
