import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { Cli, reasonOf } from "./cli";
import { fingerprint, reveal, type Deployment, type Encryption } from "./deployment";
import { isOurs, mustBeRevealed, SECRET, without, type Ended } from "./recorded";
import { isSameLock, parseOccupancy, type Lock, type Occupancy } from "./stackLock";
import { emptyAttributes, stackOf } from "./stateAttributes";

/** A stack of a project, by way of the CLI. Its state passes through memory only: it may hold secrets in clear. */
export class Stack {
  private readonly cli: Cli;
  private url: Promise<string> | undefined;
  private fullName: string | undefined;

  constructor(
    readonly name: string,
    readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly configFile?: string,
  ) {
    this.cli = new Cli(cwd, env);
  }

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

  /** Removes attributes of the stack that a killed run left empty. The next run writes them again. */
  async mendAttributes(): Promise<boolean> {
    const own = this.name.split("/").at(-1)!;
    const empty = emptyAttributes(await this.backendUrl(), this.cwd).filter((file) => stackOf(file) === own);
    for (const file of empty) fs.rmSync(file, { force: true });
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
    const input = JSON.stringify({ ...state, deployment });
    await this.cli.succeed(`write the state of the stack ${this.name}`, ["stack", "import", ...this.itself], { input });
  }

  /**
   * The stack's full name, and who holds its lock. Making a stack that is there already asks for the lock, and then
   * fails: it is the one command that asks and cannot write.
   *
   * @param secretsProvider The stack's own, for the CLI looks at it before it asks for the lock.
   */
  async occupancy(secretsProvider?: string): Promise<Occupancy> {
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    const refused = await this.cli.look(["stack", "init", this.name, "--no-select", ...provider]);
    const occupancy = parseOccupancy(refused.stderr);
    if (occupancy === undefined) {
      throw new Error(`Could not ask for the lock of the stack ${this.name}: ${reasonOf(refused)}`);
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
    if (locks.length > 0)
      await this.cli.succeed(`free the lock of the stack ${this.name}`, ["cancel", "--yes", ...this.itself]);
  }

  /** Today's config, secrets in clear. */
  async config(): Promise<Record<string, string>> {
    const file = this.configFile === undefined ? [] : ["--config-file", this.configFile];
    const args = ["config", "--show-secrets", "--json", ...file, ...this.itself];
    const text = await this.cli.read(`read the config of the stack ${this.name}`, args);
    const values = JSON.parse(text) as Record<string, { value?: string; objectValue?: unknown }>;
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
    const text = await this.cli
      .read("list the stacks of the project", ["stack", "ls", "--json"])
      .catch(async (error) => {
        const [empty] = emptyAttributes(await this.backendUrl(), this.cwd);
        if (empty === undefined) throw error;
        const next = `Run pulumi-mailmodo recover --stack ${stackOf(empty)} first.`;
        throw new Error(`A killed run left attributes of the stack ${stackOf(empty)} empty (${empty}). ${next}`);
      });
    const stacks = JSON.parse(text) as { name: string; updateInProgress?: boolean }[];
    return stacks.map(({ name, updateInProgress }) => ({ name, isBusy: updateInProgress === true }));
  }

  /** The CLI leaves out of a name what goes without saying: the project, and the default organization. */
  private isOther(name: string): boolean {
    const [own, other] = [this.fullName ?? this.name, name].map((one) => one.split("/"));
    const haveOrganizations = own!.length > 1 && other!.length > 1;
    return own!.at(-1) !== other!.at(-1) || (haveOrganizations && own![0] !== other![0]);
  }

  /** As it is set, or as the CLI gives it: a cloud by its console. */
  async backendUrl(): Promise<string> {
    // What the CLI would print, without the half a second that asking takes.
    const isSet = this.env["PULUMI_BACKEND_URL"];
    return isSet ? isSet : (this.url ??= this.askForUrl());
  }

  private async askForUrl(): Promise<string> {
    const text = await this.cli.read("ask for the backend", ["whoami", "--json"]);
    return (JSON.parse(text) as { url?: string }).url ?? "";
  }

  /** What the CLI exports: the state, and beside it what belongs to the form. */
  private async export(...more: string[]): Promise<{ readonly deployment?: Deployment }> {
    const args = ["stack", "export", ...more, ...this.itself];
    const text = await this.cli.read(`read the state of the stack ${this.name}`, args);
    return JSON.parse(text) as { deployment?: Deployment };
  }

  private get itself(): string[] {
    return ["--stack", this.name];
  }
}

/** An update of which Pulumi Cloud tells nothing but that it is there. */
const IN_CLOUD: Lock = { owner: "", host: "", pid: 0, at: Infinity, url: "" };
