import * as path from "node:path";
import { Stack } from "../../pulumi/stack";
import { Cli } from "../../pulumi/cli";
import { PreviewStack } from "./previewStack";
import { PrivateFolder, removeLeftovers } from "../privateFolder";
import { projectText } from "../../pulumi/elsewhere";
import { removeEmptyAttributes } from "../../pulumi/stateAttributes";
import { backendUrlOf } from "../../pulumi/whoami";
import { ownSettings, readProject, type Project } from "../../pulumi/project";
import { checkSettings, readPreviewSettings, settingsFile, withFields, type PreviewSettings } from "./settings";

/** A stack, as the backend lists it. */
export interface ListedStack {
  readonly name: string;
  /** When its state was last written; ISO 8601. Undefined while it is being written, and if it never was. */
  readonly updated?: string;
}

interface WorkspaceOptions {
  /** The project's folder. */
  readonly cwd: string;
  /** The CLI's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives progress, one line at a time. */
  readonly log: (line: string) => void;
}

/** A project's stacks in its backend, accessed through the CLI. */
export class Workspace {
  private constructor(
    private readonly project: Project,
    private readonly cli: Cli,
    private readonly log: (line: string) => void,
  ) {}

  /** @throws {Error} The folder has no project file. The message is one line. */
  static async open({ cwd, env, log }: WorkspaceOptions): Promise<Workspace> {
    const project = readProject(cwd);
    await removeLeftovers();
    return new Workspace(project, new Cli(project.folder, env), log);
  }

  get cwd(): string {
    return this.project.folder;
  }

  /** The project's stacks. Removes the empty attributes files that keep the CLI from listing any, whichever stack has them. */
  async stacks(): Promise<ListedStack[]> {
    const list = () => this.cli.read("list the stacks of the backend", ["stack", "ls", "--json"]);
    const text = await list().catch(async (error: Error) => {
      if (error.message.includes("EOF") && (await this.repairAttributes())) return list();
      throw error;
    });
    const stacks = JSON.parse(text) as { name: string; lastUpdate?: string }[];
    return stacks.map(({ name, lastUpdate }) => ({
      name,
      ...(lastUpdate === undefined ? {} : { updated: lastUpdate }),
    }));
  }

  private async repairAttributes(): Promise<boolean> {
    const { name } = this.project;
    const isOwn = ({ project = name }: { project?: string | undefined }) => project === name;
    const repaired = removeEmptyAttributes(await backendUrlOf(this.cli), this.cwd, isOwn);
    for (const stack of repaired) this.log(`${stack}: Removed an empty attributes file left by a killed run.`);
    return repaired.length > 0;
  }

  tags(name: string): Promise<Readonly<Record<string, string>>> {
    return this.stack(name).tags();
  }

  async setTag(name: string, tag: string, value: string): Promise<void> {
    await this.cli.succeed(`set a tag of ${name}`, ["stack", "tag", "set", tag, value, "--stack", name]);
  }

  /**
   * The stack, for access to its state.
   *
   * @param settings The file with its settings, for access to its config. Default: none.
   */
  stack(name: string, settings?: string): Stack {
    return new Stack(name, this.cwd, this.cli.env, settings);
  }

  /**
   * Runs `work` with a preview's stack and a copy of the settings that only this process can read. The copy says how
   * secrets are encrypted, from the stack's state: the machine that created the stack, and its copy, may be gone.
   *
   * @param file The settings; their path is relative to the project's folder.
   * @param exists Whether the stack exists.
   * @throws {Error} The stack has its own settings file in the project, so it is not a preview; or its settings lack what
   *   each preview needs.
   */
  async withSettings<T>(
    name: string,
    file: string,
    exists: boolean,
    work: (stack: PreviewStack) => Promise<T>,
  ): Promise<T> {
    const own = ownSettings(this.project, name);
    if (own !== undefined) {
      const found = path.relative(this.cwd, own);
      throw new Error(
        `A stack named ${name} already has its own settings, ${found}. If that file was made by mistake, for example by pulumi ` +
          "config set, delete it. Otherwise give the preview another name.",
      );
    }
    const source = settingsFile(this.project, file);
    const settings = readPreviewSettings(this.cwd, source);
    checkSettings(settings, source, this.project, this.cli.env);
    const privateFolder = await PrivateFolder.make();
    // An engine that still runs may not have read its settings yet: they are then left for a later command to remove.
    const leave = () => (this.cli.isBusy ? undefined : privateFolder.remove());
    process.once("exit", leave);
    try {
      const encryption = exists ? await this.encryptionOf(name, settings) : {};
      const { ending, fields } = settings;
      privateFolder.write(`Pulumi${ending}`, projectText(this.project));
      const copy = privateFolder.write(`Pulumi.${name}${ending}`, withFields(settings, encryption));
      const files = { settings: copy, settingsFolder: privateFolder.path, source };
      return await work(
        new PreviewStack(name, this.project, this.cli, { ...files, secretsProvider: fields.secretsprovider }),
      );
    } finally {
      process.off("exit", leave);
      privateFolder.remove();
    }
  }

  /** How the state's secrets are encrypted, unless the settings already say it. */
  private async encryptionOf(name: string, { fields }: PreviewSettings): Promise<Record<string, string>> {
    if (fields["encryptionsalt"] !== undefined || fields["encryptedkey"] !== undefined) return {};
    const { salt, url, encryptedkey } = await this.stack(name).encryption();
    const lines = {
      secretsprovider: fields["secretsprovider"] === undefined ? url : undefined,
      encryptionsalt: salt,
      encryptedkey,
    };
    return Object.fromEntries(Object.entries(lines).filter((line): line is [string, string] => line[1] !== undefined));
  }
}
