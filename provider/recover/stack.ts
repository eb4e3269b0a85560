import { spawn } from "node:child_process";
import { once } from "node:events";

/** One resource of a stack's state, as far as recovering needs it. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

export interface Deployment {
  readonly resources?: readonly Recorded[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: Recorded }[];
}

/** The lock of a run, as the CLI words it. */
export interface Lock {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
}

/** A stack of a project, by way of the CLI. Its state passes through memory only: it may hold secrets in clear. */
export class Stack {
  constructor(
    readonly name: string,
    readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The state with secrets in clear. */
  async state(): Promise<Deployment> {
    const { deployment } = JSON.parse(await this.succeed(["stack", "export", "--show-secrets"])) as {
      deployment?: Deployment;
    };
    return reveal(deployment ?? {}) as Deployment;
  }

  /** Takes pending operations, and enrollments that are over, out of the state; secrets stay as they are, encrypted. */
  async remove(pendingUrns: ReadonlySet<string>, instanceIds: ReadonlySet<string>): Promise<void> {
    const state = JSON.parse(await this.succeed(["stack", "export"])) as { deployment: Deployment };
    const { resources = [], pending_operations: pending = [] } = state.deployment;
    const deployment: Deployment = {
      ...state.deployment,
      resources: resources.filter(({ outputs }) => !instanceIds.has(String(outputs?.["instanceId"]))),
      pending_operations: pending.filter(({ resource }) => !pendingUrns.has(resource.urn)),
    };
    await this.succeed(["stack", "import"], JSON.stringify({ ...state, deployment }));
  }

  /** Who holds the stack's lock. An import of the state as it is asks for the lock, and changes nothing. */
  async locks(): Promise<Lock[]> {
    const { code, stderr } = await this.run(["stack", "import"], await this.succeed(["stack", "export"]));
    if (code === 0) return [];
    const locks = [...stderr.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\)/g)];
    if (locks.length === 0) throw new Error(`Could not lock the stack ${this.name}: ${lastLine(stderr)}`);
    return locks.map(([, owner = "", host = "", pid]) => ({ owner, host, pid: Number(pid) }));
  }

  /** Frees the stack's lock, whoever holds it. */
  async unlock(): Promise<void> {
    await this.succeed(["cancel", "--yes"]);
  }

  /** Today's config, secrets in clear. */
  async config(): Promise<Record<string, string>> {
    const values = JSON.parse(await this.succeed(["config", "--show-secrets", "--json"])) as Record<
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
      throw new Error("The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.");
    }
  }
}

const SECRET = "4dabf18193072939515e22adb298388d";

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
