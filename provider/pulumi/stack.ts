import * as fs from "node:fs";
import { Cli, reasonOf } from "./cli";
import { fingerprint, reveal, type Deployment, type Encryption } from "./deployment";
import { removeEmptyStack } from "./elsewhere";
import { damagedOccupancy } from "./lockFiles";
import { assertOfProject, readableProject, settingsPath } from "./project";
import { settledState, type Settled } from "./settledState";
import { parseConfig } from "./stackConfig";
import { isMailmodoResource, mustBeRevealed, SECRET } from "./stateResource";
import { IN_CLOUD, isSameLock, parseOccupancy, removeLockFile, type Lock, type Occupancy } from "./stackLock";
import { TAGS } from "./previewTags";
import { findStack, isPulumiCloud, parseStackName } from "./stackName";
import { emptyAttributesError, removeEmptyAttributes } from "./stateAttributes";
import { backendUrlOf } from "./whoami";

/** A stack, as the CLI lists it. */
interface ListedStack {
  readonly name: string;
  readonly updateInProgress?: boolean;
}

/** A stack of a project, accessed through the CLI. Its state is only in memory: it may hold decrypted secrets. */
export class Stack {
  private readonly cli: Cli;
  private url: Promise<string> | undefined;
  private fullName: string | undefined;
  private readonly stackArgs: readonly string[];

  constructor(
    readonly name: string,
    readonly cwd: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly configFile?: string,
  ) {
    this.cli = new Cli(cwd, env);
    this.stackArgs = ["--stack", name];
  }

  /** The state as it is stored, with its secrets encrypted: no passphrase and no key is needed. */
  async storedState(): Promise<Deployment> {
    return (await this.export()).deployment ?? {};
  }

  /** The state with decrypted secrets. */
  async state(): Promise<Deployment> {
    const { deployment = {} } = await this.export("--show-secrets");
    return reveal(deployment) as Deployment;
  }

  /**
   * The state with this package's resources decrypted. If they hold no secret, nothing is decrypted at all, so no
   * passphrase and no key is needed.
   */
  async stateOfEnrollments(): Promise<Deployment> {
    const deployment = await this.storedState();
    const { resources = [], pending_operations: pending = [] } = deployment;
    const all = [...resources, ...pending.map(({ resource }) => resource)];
    const isClear = all.filter(isMailmodoResource).every((resource) => !JSON.stringify(resource).includes(SECRET));
    return isClear ? deployment : this.state();
  }

  async hasChangedSince(seen: Deployment): Promise<boolean> {
    return fingerprint(await this.storedState()) !== fingerprint(seen);
  }

  /** How the state's secrets are encrypted: the salt of a passphrase, or a cloud key and its URL. */
  async encryption(): Promise<Encryption> {
    return (await this.storedState()).secrets_providers?.state ?? {};
  }

  /** Removes the attributes files that a killed run left empty, and returns whether it did. The next run writes them again. */
  async repairAttributes(): Promise<boolean> {
    const own = parseStackName(this.name).stack;
    return removeEmptyAttributes(await this.backendUrl(), this.cwd, ({ stack }) => stack === own).length > 0;
  }

  /**
   * Removes all pending operations and the ended enrollments from the state, and the ids of contacts that may be archived
   * or changed, so that the next up adds them again; and records contacts that may have been added. The CLI's import drops
   * every pending operation, whatever the imported file contains (according to its source). So call this only when each is
   * settled.
   *
   * @param settled What is settled of it.
   * @param seen The state on which the decisions were based.
   * @throws {Error} The state has changed since. Nothing is written then.
   */
  async clear(settled: Settled, seen: Deployment): Promise<void> {
    let state = await this.export();
    // Secrets stay encrypted unless one must be changed. The CLI encrypts it again.
    if (state.deployment?.resources?.some((resource) => mustBeRevealed(resource, settled.ended)))
      state = await this.export("--show-secrets");
    const { deployment: current = {} } = state;
    if (fingerprint(current) !== fingerprint(seen)) {
      throw new Error(`The state of the stack ${this.name} has changed; nothing was written. Recover again.`);
    }
    const deployment = settledState(current, seen, settled);
    const input = JSON.stringify({ ...state, deployment });
    const args = ["stack", "import", ...this.stackArgs];
    await this.cli.succeed(`write the state of the stack ${this.name}`, args, { input });
  }

  /**
   * The stack's full name, and the holders of its lock. Creating a stack that already exists checks the lock and then
   * fails. No other command checks the lock without being able to write.
   *
   * @param secretsProvider The stack's own secrets provider, which the CLI checks before the lock.
   * @throws {Error} The CLI failed for another reason.
   */
  async occupancy(secretsProvider?: string): Promise<Occupancy> {
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    const project = readableProject(this.cwd);
    const settings = project && settingsPath(project, parseStackName(this.name).stack);
    const hadSettings = settings === undefined || fs.existsSync(settings);
    const refused = await this.cli.runReadOnly(["stack", "init", this.name, "--no-select", ...provider]);
    if (refused.code === 0) {
      // It would block the next preview of that name.
      await removeEmptyStack(this.cli, project, this.name);
      if (!hadSettings) fs.rmSync(settings, { force: true });
      throw new Error(`The stack ${this.name} does not exist any more: another command has removed it. Run it again.`);
    }
    const occupancy = parseOccupancy(refused.stderr) ?? (await damagedOccupancy(this, this.env, reasonOf(refused)));
    this.fullName = occupancy.fullName;
    if (!isPulumiCloud(await this.backendUrl())) return occupancy;
    // Pulumi Cloud has no lock that this command checks. It reports an update instead, but not whose it is.
    const { own } = await this.list(parseStackName(occupancy.fullName).project);
    if (own === undefined)
      throw new Error(`Could not check the lock of the stack ${this.name}: Pulumi Cloud does not list the stack.`);
    return own.updateInProgress === true ? { ...occupancy, locks: [IN_CLOUD] } : occupancy;
  }

  /** @throws {Error} They cannot be read, or their file is empty. */
  async tags(): Promise<Readonly<Record<string, string>>> {
    const args = ["stack", "tag", "ls", "--json", ...this.stackArgs];
    const read = async () =>
      JSON.parse(await this.cli.read(`read the tags of ${this.name}`, args)) as Record<string, string> | null;
    // Null if their file, or its attributes file, is empty.
    const tags = (await read()) ?? ((await this.repairAttributes()) ? await read() : null);
    if (tags !== null) return tags;
    throw new Error(
      `The tags of the stack ${this.name} are lost: their file in the backend is empty. If the stack is a preview, set its first tag ` +
        `again: pulumi stack tag set ${TAGS.created} ${new Date().toISOString()} --stack ${this.name}.`,
    );
  }

  /**
   * Frees the given locks of dead runs and no others, because a new run may hold one by now.
   *
   * @throws {Error} There is another lock, and the backend cannot remove the given ones alone.
   */
  async free(deadLocks: readonly Lock[], secretsProvider?: string): Promise<void> {
    if (deadLocks.every(({ url }) => url.startsWith("file://"))) return deadLocks.forEach(removeLockFile);
    // In a bucket only the CLI can remove a lock, and it removes all of them. A gap of about half a second remains
    // between these two commands: a run that begins in it loses its lock.
    const { locks } = await this.occupancy(secretsProvider);
    if (!locks.every((lock) => deadLocks.some((one) => isSameLock(one, lock)))) {
      throw new Error(`Another run has locked the stack ${this.name} since; no lock was freed. Recover again.`);
    }
    if (locks.length > 0)
      await this.cli.succeed(`free the lock of the stack ${this.name}`, ["cancel", "--yes", ...this.stackArgs]);
  }

  /** The current config, with decrypted secrets. @throws {Error} The stack is of another project than the folder. */
  async config(): Promise<Record<string, string>> {
    assertOfProject(this.name, this.cwd);
    const file = this.configFile === undefined ? [] : ["--config-file", this.configFile];
    const args = ["config", "--show-secrets", "--json", ...file, ...this.stackArgs];
    return parseConfig(await this.cli.read(`read the config of the stack ${this.name}`, args));
  }

  /** The names of the project's stacks, without the organization, and the stacks other than this one. */
  async siblings(): Promise<{ names: ReadonlySet<string>; others: Stack[] }> {
    const { all, own } = await this.list();
    const others = all.filter((one) => one !== own).map(({ name }) => new Stack(name, this.cwd, this.env));
    return { names: new Set(all.map(({ name }) => parseStackName(name).stack)), others };
  }

  /** The project's stacks, and which of them is this one. @param named The project. Default: the one in the folder. */
  private async list(named?: string): Promise<{ all: ListedStack[]; own: ListedStack | undefined }> {
    const args = ["stack", "ls", "--json", ...(named === undefined ? [] : ["--project", named])];
    const listed = this.cli.read("list the stacks of the project", args);
    const text = await listed.catch(async (error: Error) => {
      throw emptyAttributesError(await this.backendUrl(), this.cwd) ?? error;
    });
    const all = JSON.parse(text) as ListedStack[];
    const project = named ?? readableProject(this.cwd)?.name;
    return { all, own: findStack(all, this.fullName ?? this.name, project === undefined ? {} : { project }) };
  }

  /** The backend's URL, as set in the environment or as the CLI reports it: of a Pulumi Cloud, its console's. */
  backendUrl(): Promise<string> {
    return (this.url ??= backendUrlOf(this.cli));
  }

  /** The CLI's export: the state in `deployment`, and the fields of the export format. */
  private async export(...more: string[]): Promise<{ readonly deployment?: Deployment }> {
    const args = ["stack", "export", ...more, ...this.stackArgs];
    const text = await this.cli.read(`read the state of the stack ${this.name}`, args);
    return JSON.parse(text) as { deployment?: Deployment };
  }
}
