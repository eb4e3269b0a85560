import * as path from "node:path";
import type { Cli, RunOptions } from "../../pulumi/cli";
import type { Project } from "../../pulumi/project";

/** The stack of one preview, with a copy of the settings that only this process can read. */
export class PreviewStack {
  constructor(
    readonly name: string,
    private readonly project: Project,
    private readonly cli: Cli,
    private readonly files: {
      /** The file with its settings. */
      readonly settings: string;
      /** The folder of that file, which also has a project file with the project's name. */
      readonly settingsFolder: string;
      /** The secrets provider that the settings name. */
      readonly secretsProvider?: string | undefined;
    },
  ) {}

  get settings(): string {
    return this.files.settings;
  }

  /** Creates it. The CLI writes to the settings how its secrets are encrypted. */
  async create(): Promise<void> {
    const { secretsProvider } = this.files;
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    await this.inSettingsFolder(`create the stack ${this.name}`, ["init", this.name, "--no-select", ...provider]);
  }

  /** The number of resources and pending operations in its state. */
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
    await this.inSettingsFolder(`remove the stack ${this.name}`, ["rm", "--yes", "--stack", this.name]);
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
   * Runs a command with the settings' folder as the project's folder, because the command has no --config-file or would
   * change which stack the user has selected. The CLI itself starts in the project's folder, where version managers look.
   */
  private async inSettingsFolder(what: string, args: readonly string[]): Promise<void> {
    const env = { ...withAbsolutePaths(this.cli.env, this.cli.cwd), ...(await this.backend()) };
    await this.cli.succeed(what, ["stack", ...args, "--cwd", this.files.settingsFolder], { env });
  }

  /** The backend, if running in another folder would choose another one. */
  private async backend(): Promise<NodeJS.ProcessEnv> {
    const { cwd, env } = this.cli;
    const named = env["PULUMI_BACKEND_URL"] || this.project.backend;
    // The CLI shows the address of Pulumi Cloud's console, which is not the one to log in to.
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

/** The environment, with the paths of files in it made absolute, from the given folder. */
function withAbsolutePaths(env: NodeJS.ProcessEnv, from: string): NodeJS.ProcessEnv {
  const entries = Object.entries(env).map(([name, value]): [string, string | undefined] => {
    const isFile = /_(FILE|CREDENTIALS)$/.test(name) && value !== undefined && value !== "" && !value.startsWith("~");
    return [name, isFile ? path.resolve(from, value) : value];
  });
  return Object.fromEntries(entries);
}
