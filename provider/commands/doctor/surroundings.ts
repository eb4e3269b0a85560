import * as path from "node:path";
import { within } from "../../async/within";
import { Cli } from "../../pulumi/cli";
import type { Deployment } from "../../pulumi/deployment";
import { findStack, isPulumiCloud } from "../../pulumi/stackName";
import type { ConfigReader } from "../../settings/settings";
import { ONLY_ORGANIZATION } from "../../text/stackArgument";
import { StackSettings, type StackConfig } from "./stackSettings";
import { existingBackend } from "./existingBackend";
import { known, Unknown } from "./finding";
import { readProgram, type Program } from "./program";

export interface DoctorOptions {
  /** The stack's name. Default: the selected stack. */
  readonly stack?: string | undefined;
  /** The project's folder. */
  readonly cwd: string;
  /** The file with the stack's settings, relative to the current folder. Default: the stack's own. */
  readonly configFile?: string | undefined;
  /** Whether not to ask Mailmodo, nor AWS for the API key and locks. The CLI still reads the backend. */
  readonly offline: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** A stack, as the backend lists it. */
export interface ListedStack {
  readonly name: string;
  readonly current: boolean;
  readonly updateInProgress?: boolean;
}

/** What the checks look at. Each fact is found once, when a check first needs it, and without changing anything. */
export class Surroundings {
  readonly cwd: string;
  readonly offline: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly cli: Cli;
  /** Texts that no output may hold. */
  readonly secrets = new Set<string>();
  private readonly facts = new Map<string, Promise<unknown>>();
  private copy: StackSettings | undefined;

  /** @param limitMs How long one answer may take. What waits for it fails then, and what needs that is not found. */
  constructor(
    private readonly options: DoctorOptions,
    private readonly limitMs: number,
  ) {
    this.cwd = path.resolve(options.cwd);
    this.offline = options.offline;
    // Otherwise the CLI asks Pulumi for its newest version, and writes down the answer.
    this.env = { ...options.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    this.cli = new Cli(this.cwd, this.env, limitMs);
  }

  /** The project and its program. */
  program(): Promise<Program> {
    return this.once("program", async () => readProgram(this.cwd));
  }

  /** What `pulumi version` prints. */
  cliVersion(): Promise<string> {
    return this.once("cli", async () => (await this.cli.read("run the CLI", ["version"])).trim());
  }

  /** The backend's URL. */
  backend(): Promise<string> {
    return this.once("backend", async () => {
      await known(this.cliVersion(), "The Pulumi CLI does not run.");
      await known(this.program(), "There is no project here.");
      return existingBackend(this.cli);
    });
  }

  /** The project's stacks. */
  stacks(): Promise<readonly ListedStack[]> {
    return this.once("stacks", async () => {
      await known(this.backend(), "The backend cannot be read.");
      // Otherwise the CLI omits the default organization, and does not say which it is.
      const more = this.wanted?.includes("/") === true ? ["--fully-qualify-stack-names"] : [];
      const text = await this.cli.read("list the stacks of the project", ["stack", "ls", "--json", ...more]);
      return JSON.parse(text) as ListedStack[];
    });
  }

  /** The stack to look at. */
  stack(): Promise<ListedStack> {
    return this.once("stack", async () => {
      const url = await known(this.backend(), "The backend cannot be read.");
      const stacks = await known(this.stacks(), "The backend cannot be read.");
      const { project } = await known(this.program(), "There is no project here.");
      const { wanted } = this;
      const standard = { project: project.name, ...(isPulumiCloud(url) ? {} : { organization: ONLY_ORGANIZATION }) };
      const found = wanted === undefined ? stacks.find(({ current }) => current) : findStack(stacks, wanted, standard);
      if (found !== undefined) return found;
      if (wanted === undefined) throw new Unknown("No stack is selected, and none is named.");
      throw new Error(`The backend has no stack named ${wanted} of this project.`);
    });
  }

  /** The stack's state, with its secrets encrypted. */
  state(): Promise<Deployment> {
    return this.once("state", async () => {
      const { name } = await this.knownStack();
      const text = await this.cli.read("read the state", ["stack", "export", "--stack", name]);
      return (JSON.parse(text) as { deployment?: Deployment }).deployment ?? {};
    });
  }

  /** A copy of the stack's settings, with which the CLI may do as it likes. */
  settings(): Promise<StackSettings> {
    return this.once("settings", async () => {
      const { name } = await this.knownStack();
      const { project } = await known(this.program(), "There is no project here.");
      const state = await known(this.state(), "The state cannot be read.");
      const encryption = state.secrets_providers?.state ?? {};
      this.copy = await StackSettings.copy(this.cli, name, project, encryption, this.options.configFile);
      return this.copy;
    });
  }

  /** The stack's config. If the secrets cannot be decrypted, those are hidden. */
  config(): Promise<StackConfig> {
    return this.once("config", async () => {
      const settings = await known(this.settings(), "The stack's settings cannot be read.");
      const config = await settings.config();
      for (const name of config.secret) this.secrets.add(config.values[name] ?? "");
      return config;
    });
  }

  /** The same for a check that says nothing of its own about a missing config. */
  async configReader(): Promise<ConfigReader> {
    const { values } = await known(this.config(), "The stack's config cannot be read.");
    return { get: (name) => values[name] };
  }

  /** The file that is named as the stack's settings. */
  get configFile(): string | undefined {
    return this.options.configFile;
  }

  /** Whether the stack was named, and not merely is the selected one. */
  get isNamed(): boolean {
    return this.options.stack !== undefined;
  }

  /**
   * The name that the user gives, or the environment. With that, no other stack is selected for the CLI, even if there is
   * none of that name.
   */
  private get wanted(): string | undefined {
    return this.options.stack ?? (this.env["PULUMI_STACK"] || undefined);
  }

  knownStack(): Promise<ListedStack> {
    return known(this.stack(), "There is no such stack.");
  }

  /** Removes the copy of the settings. It does not wait for facts that are still looked for. */
  dispose(): void {
    this.copy?.remove();
  }

  /**
   * Waits for an answer that has no limit of its own.
   *
   * @throws {NoAnswer} It takes too long.
   */
  answered<T>(answer: Promise<T>): Promise<T> {
    return within(answer, this.limitMs);
  }

  /** Finds a fact once. */
  once<T>(name: string, find: () => Promise<T>): Promise<T> {
    const fact = (this.facts.get(name) as Promise<T> | undefined) ?? find();
    this.facts.set(name, fact);
    return fact;
  }
}
