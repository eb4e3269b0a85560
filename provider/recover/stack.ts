import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { readByCli, runCli, type CliRun } from "./cli";
import { fingerprint, reveal, type Deployment, type Encryption } from "./deployment";
import { isOurs, mustBeRevealed, SECRET, without, type Ended } from "./recorded";
import { isSameLock, parseOccupancy, type Lock, type Occupancy } from "./stackLock";

/** A stack of a project, by way of the CLI. Its state passes through memory only: it may hold secrets in clear. */
export class Stack {
  private url: Promise<string> | undefined;
  private fullName: string | undefined;

  constructor(
    readonly name: string,
    readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly configFile?: string,
  ) {}

  /** The state with secrets in clear. */
  async state(): Promise<Deployment> {
    const { deployment = {} } = await this.export("--show-secrets");
    return reveal(deployment) as Deployment;
  }

  /**
   * The state with this package's resources in clear. Where nothing of these is secret, no passphrase and no key is needed,
   * and nothing of the others is decrypted.
   */
  async stateOfEnrollments(): Promise<Deployment> {
    const { deployment = {} } = await this.export();
    const all = [
      ...(deployment.resources ?? []),
      ...(deployment.pending_operations ?? []).map(({ resource }) => resource),
    ];
    const isClear = all.filter(isOurs).every((resource) => !JSON.stringify(resource).includes(SECRET));
    return isClear ? deployment : this.state();
  }

  /** How the state's secrets are encrypted: the salt of a passphrase, or a key of a cloud's and where that is. */
  async encryption(): Promise<Encryption> {
    return (await this.export()).deployment?.secrets_providers?.state ?? {};
  }

  /**
   * A backend in a folder keeps a file of attributes beside each state, and writes it in place: a kill at that moment
   * leaves it empty, and the CLI then reads no state at all ("EOF"), though the state itself is whole. Removes such a
   * file; the next run writes it again.
   */
  async mendAttributes(): Promise<boolean> {
    const url = await this.backendUrl();
    if (!url.startsWith("file://")) return false;
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
   * Takes all pending operations, and what has ended, out of the state. The CLI's import drops every pending operation,
   * whatever the file has (read in its source), so this is for when each is settled.
   *
   * @param seen The state by which it was decided; if it has changed since, nothing is written.
   */
  async clear(ended: Ended, seen: Deployment): Promise<void> {
    let state = await this.export();
    // Secrets stay as they are, encrypted, unless one has to be changed; the CLI encrypts it again.
    if (state.deployment?.resources?.some((resource) => mustBeRevealed(resource, ended)))
      state = await this.export("--show-secrets");
    const { deployment: current = {} } = state;
    if (fingerprint(current) !== fingerprint(seen)) {
      throw new Error(`The state of the stack ${this.name} changed meanwhile; nothing was written. Recover again.`);
    }
    const resources = (current.resources ?? []).flatMap((resource) => without(resource, ended));
    const deployment: Deployment = { ...current, resources, pending_operations: [] };
    await this.succeed(["stack", "import"], JSON.stringify({ ...state, deployment }));
  }

  /**
   * The stack's full name, and who holds its lock. Making a stack that is there already asks for the lock, and then
   * fails: it is the one command that asks and cannot write.
   *
   * @param secretsProvider The stack's own, for the CLI looks at it before it asks for the lock.
   */
  async occupancy(secretsProvider?: string): Promise<Occupancy> {
    const { stderr } = await readByCli(() => this.run(initArgs(this.name, secretsProvider), undefined, false));
    const occupancy = parseOccupancy(stderr);
    if (occupancy === undefined) {
      throw new Error(`Could not ask for the lock of the stack ${this.name}: ${lastLine(stderr)}`);
    }
    this.fullName = occupancy.fullName;
    // Pulumi Cloud locks nothing that this command asks for; it tells of an update instead, but not whose it is.
    const isCloud = !/^(file|s3|gs|azblob|postgres|mem):/.test(await this.backendUrl());
    const isUpdating = isCloud && (await this.list()).some(({ name, isBusy }) => isBusy && !this.isOther(name));
    return isUpdating ? { ...occupancy, locks: [IN_CLOUD] } : occupancy;
  }

  /**
   * Frees the locks of runs that are dead, and no other: a new run may hold one by now.
   *
   * @throws {Error} Another lock is there, and these cannot be removed alone.
   */
  async free(judged: readonly Lock[], secretsProvider?: string): Promise<void> {
    if (judged.every(({ url }) => url.startsWith("file://"))) {
      // Each run's lock is a file of its own, whose name no other run ever has.
      for (const { url } of judged) {
        const file = fileURLToPath(url.replace(/\?.*$/, ""));
        for (const part of [file, `${file}.attrs`]) fs.rmSync(part, { force: true });
      }
      return;
    }
    // In a bucket only the CLI can remove a lock, and it removes all. What stays open is the time between these two
    // commands, about half a second: a run that begins just then loses its lock.
    const { locks } = await this.occupancy(secretsProvider);
    if (!locks.every((lock) => judged.some((one) => isSameLock(one, lock)))) {
      throw new Error(
        `Another run has taken the lock of the stack ${this.name} since; nothing was freed. Recover again.`,
      );
    }
    if (locks.length > 0) await this.succeed(["cancel", "--yes"]);
  }

  /** Today's config, secrets in clear. */
  async config(): Promise<Record<string, string>> {
    const file = this.configFile === undefined ? [] : ["--config-file", this.configFile];
    const values = JSON.parse(await this.read(["config", "--show-secrets", "--json", ...file])) as Record<
      string,
      { value?: string; objectValue?: unknown }
    >;
    return Object.fromEntries(
      Object.entries(values).map(([name, { value, objectValue }]) => [name, value ?? JSON.stringify(objectValue)]),
    );
  }

  /** The names of the project's stacks, without the organization. */
  async names(): Promise<Set<string>> {
    return new Set((await this.list()).map(({ name }) => name.split("/").at(-1)!));
  }

  /** The project's other stacks. */
  async others(): Promise<Stack[]> {
    return (await this.list())
      .filter(({ name }) => this.isOther(name))
      .map(({ name }) => new Stack(name, this.cwd, this.env));
  }

  private async list(): Promise<{ name: string; isBusy: boolean }[]> {
    const text = await this.read(["stack", "ls", "--json"], false);
    const stacks = JSON.parse(text) as { name: string; updateInProgress?: boolean }[];
    return stacks.map(({ name, updateInProgress }) => ({ name, isBusy: updateInProgress === true }));
  }

  /** The CLI leaves out of a name what goes without saying: the project, and the default organization. */
  private isOther(name: string): boolean {
    const [own, other] = [this.fullName ?? this.name, name].map((one) => one.split("/"));
    const haveOrganizations = own!.length > 1 && other!.length > 1;
    return own!.at(-1) !== other!.at(-1) || (haveOrganizations && own![0] !== other![0]);
  }

  /** As the CLI tells it: a cloud by its console. */
  async backendUrl(): Promise<string> {
    return (this.url ??= this.read(["whoami", "--json"], false).then(
      (text) => (JSON.parse(text) as { url?: string }).url ?? "",
    ));
  }

  /** What the CLI exports: the state, and beside it what belongs to the form. */
  private async export(...more: string[]): Promise<{ readonly deployment?: Deployment }> {
    return JSON.parse(await this.read(["stack", "export", ...more])) as { deployment?: Deployment };
  }

  private async read(args: string[], ofStack = true): Promise<string> {
    return this.outputOf(args, await readByCli(() => this.run(args, undefined, ofStack)));
  }

  private async succeed(args: string[], input?: string): Promise<string> {
    return this.outputOf(args, await this.run(args, input));
  }

  private outputOf(args: string[], { code, stdout, stderr }: CliRun): string {
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed for the stack ${this.name}: ${lastLine(stderr)}`);
    return stdout;
  }

  private async run(args: string[], input?: string, ofStack = true) {
    const all = [...args, ...(ofStack ? ["--stack", this.name] : []), "--non-interactive", "--color=never"];
    return runCli(all, this.cwd, this.env, input);
  }
}

/** An update of which Pulumi Cloud tells nothing but that it is there. */
const IN_CLOUD: Lock = { owner: "", host: "", pid: 0, at: Infinity, url: "" };

function initArgs(name: string, secretsProvider?: string): string[] {
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  return ["stack", "init", name, "--no-select", ...provider];
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
