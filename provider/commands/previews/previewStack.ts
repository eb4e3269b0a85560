import * as path from "node:path";
import type { Cli, RunOptions } from "../../pulumi/cli";
import type { Project } from "./project";

/** The stack of one preview, with settings that only this process has. */
export class PreviewStack {
  constructor(
    readonly name: string,
    private readonly project: Project,
    private readonly cli: Cli,
    private readonly files: {
      /** The file of its settings. */
      readonly settings: string;
      /** A folder with a project file of the same name, and the settings as a stack's own. */
      readonly home: string;
      /** What the settings say encrypts its secrets. */
      readonly secretsProvider?: string | undefined;
    },
  ) {}

  get settings(): string {
    return this.files.settings;
  }

  /** Makes it. The CLI writes how its secrets are encrypted into the settings. */
  async create(): Promise<void> {
    const { secretsProvider } = this.files;
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    await this.atHome(`make the stack ${this.name}`, ["init", this.name, "--no-select", ...provider]);
  }

  /** How many resources and unfinished operations its state has. */
  async size(): Promise<number> {
    const text = await this.cli.read(`read the state of ${this.name}`, ["stack", "export", "--stack", this.name]);
    const { deployment } = JSON.parse(text) as {
      deployment?: { resources?: unknown[]; pending_operations?: unknown[] };
    };
    const { resources = [], pending_operations: pending = [] } = deployment ?? {};
    return resources.length + pending.length;
  }

  /** Removes it and its history. @throws {Error} It still has resources. */
  async remove(): Promise<void> {
    await this.atHome(`remove the stack ${this.name}`, ["rm", "--yes", "--stack", this.name]);
  }

  /** Runs the engine. @returns Whether it succeeded. */
  async run(command: "up" | "preview" | "destroy", options: RunOptions): Promise<boolean> {
    const { code } = await this.cli.run([command, ...ARGUMENTS[command], ...this.arguments()], options);
    return code === 0;
  }

  private arguments(): string[] {
    const quiet = ["--suppress-outputs", "--suppress-progress"];
    return ["--stack", this.name, "--config-file", this.settings, ...quiet];
  }

  /**
   * Runs a command that has no --config-file, or that changes which stack the user has selected, as if the folder with
   * the settings were the project's. The CLI itself starts in the project's folder, where version managers look.
   */
  private async atHome(what: string, args: readonly string[]): Promise<void> {
    const env = { ...withWholePaths(this.cli.env, this.cli.cwd), ...(await this.backend()) };
    await this.cli.succeed(what, ["stack", ...args, "--cwd", this.files.home], { env });
  }

  /** The backend, where another folder would have another one. */
  private async backend(): Promise<NodeJS.ProcessEnv> {
    const { cwd, env } = this.cli;
    const named = env["PULUMI_BACKEND_URL"] || this.project.backend;
    // The address of Pulumi Cloud, as the CLI shows it, is not the one to log in to.
    const url = named ?? (await this.loggedInto());
    const [, folder, query = ""] = /^file:\/\/([^?]*)(.*)$/.exec(url) ?? [];
    const isRelative = folder !== undefined && !folder.startsWith("~") && !path.isAbsolute(folder);
    if (isRelative) return { PULUMI_BACKEND_URL: `file://${path.resolve(cwd, folder)}${query}` };
    return named === undefined ? {} : { PULUMI_BACKEND_URL: named };
  }

  private async loggedInto(): Promise<string> {
    const { url = "" } = JSON.parse(await this.cli.read("ask for the backend", ["whoami", "--json"])) as {
      url?: string;
    };
    return url;
  }
}

const ARGUMENTS = {
  up: ["--yes", "--skip-preview"],
  preview: ["--expect-no-changes"],
  destroy: ["--yes", "--skip-preview"],
};

/** The environment, with the files that it names by a path from the given folder named by their whole path. */
function withWholePaths(env: NodeJS.ProcessEnv, from: string): NodeJS.ProcessEnv {
  const entries = Object.entries(env).map(([name, value]): [string, string | undefined] => {
    const isFile = /_(FILE|CREDENTIALS)$/.test(name) && value !== undefined && value !== "" && !value.startsWith("~");
    return [name, isFile ? path.resolve(from, value) : value];
  });
  return Object.fromEntries(entries);
}
