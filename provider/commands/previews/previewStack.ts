import type { Cli, RunOptions } from "../../pulumi/cli";
import { succeedElsewhere } from "../../pulumi/elsewhere";
import type { Project } from "../../pulumi/project";
import { previewEnvironment } from "../../text/configCommand";

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
      /** The file that they are a copy of, as the user names it. */
      readonly source: string;
      /** The secrets provider that the settings name. */
      readonly secretsProvider?: string | undefined;
    },
  ) {}

  get settings(): string {
    return this.files.settings;
  }

  /** The environment of what works on it. */
  get env(): NodeJS.ProcessEnv {
    return { ...this.cli.env, ...previewEnvironment(this.name, this.files.source) };
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
  async run(command: "up" | "preview" | "destroy", options: Omit<RunOptions, "env">): Promise<boolean> {
    const { code } = await this.cli.run([command, ...ARGUMENTS[command], ...this.arguments()], {
      ...options,
      env: this.env,
    });
    return code === 0;
  }

  private arguments(): string[] {
    const quiet = ["--suppress-outputs", "--suppress-progress"];
    return ["--stack", this.name, "--config-file", this.settings, ...quiet];
  }

  /** Runs a command in the settings' folder, because it has no --config-file or would change what the user has selected. */
  private async inSettingsFolder(what: string, args: readonly string[]): Promise<void> {
    await succeedElsewhere(this.cli, this.project, this.files.settingsFolder, what, ["stack", ...args]);
  }
}

const ARGUMENTS = {
  up: ["--yes", "--skip-preview"],
  preview: ["--expect-no-changes"],
  destroy: ["--yes", "--skip-preview"],
};
