import * as path from "node:path";
import { Stack } from "../../pulumi/stack";
import { Cli } from "../../pulumi/cli";
import { PreviewStack } from "./previewStack";
import { PrivateFolder, removeLeftovers } from "./privateFolder";
import { ownSettings, readProject, type Project } from "./project";
import { readSettings, withFields, type Settings } from "./settings";

/** A stack, as the backend lists it. */
export interface Listed {
  readonly name: string;
  /** When its state was last written; ISO 8601. Unknown while it is being written, and before it ever was. */
  readonly updated?: string;
}

/** A project's stacks in its backend, by way of the CLI. */
export class Workspace {
  private constructor(
    private readonly project: Project,
    private readonly cli: Cli,
  ) {}

  /** @throws {Error} The folder is no project's. The message is one line. */
  static async open(folder: string, env: NodeJS.ProcessEnv): Promise<Workspace> {
    const project = readProject(folder);
    await removeLeftovers();
    return new Workspace(project, new Cli(project.folder, env));
  }

  get cwd(): string {
    return this.project.folder;
  }

  /** The project's stacks. */
  async stacks(): Promise<Listed[]> {
    const text = await this.cli.read("list the stacks of the backend", ["stack", "ls", "--json"]);
    const stacks = JSON.parse(text) as { name: string; lastUpdate?: string }[];
    return stacks.map(({ name, lastUpdate }) => ({
      name,
      ...(lastUpdate === undefined ? {} : { updated: lastUpdate }),
    }));
  }

  async tags(name: string): Promise<Record<string, string>> {
    const args = ["stack", "tag", "ls", "--json", "--stack", name];
    return JSON.parse(await this.cli.read(`read the tags of ${name}`, args)) as Record<string, string>;
  }

  async setTag(name: string, tag: string, value: string): Promise<void> {
    await this.cli.succeed(`set a tag of ${name}`, ["stack", "tag", "set", tag, value, "--stack", name]);
  }

  /** The stack, to look at its state. */
  stack(name: string): Stack {
    return new Stack(name, this.cwd, this.cli.env);
  }

  /**
   * Does something with a preview's stack while it has settings: those of the given file, with what its own state tells of
   * how secrets are encrypted, for the machine that had made the stack may be gone. No other process has this copy.
   *
   * @param file The settings, by their path from the project's folder.
   * @param exists Whether the stack is there.
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
      throw new Error(`${name} is a stack of its own: ${found} is there. Give the preview another name.`);
    }
    const settings = readSettings(this.cwd, file);
    const home = await PrivateFolder.make();
    // An engine that has not ended may not have read its settings yet: they are then left for a later command to remove.
    const leave = () => (this.cli.isBusy ? undefined : home.remove());
    process.once("exit", leave);
    try {
      const encryption = exists ? await this.encryptionOf(name, settings) : {};
      home.write("Pulumi.yaml", JSON.stringify({ name: this.project.name, runtime: "nodejs" }));
      const copy = home.write(`Pulumi.${name}.yaml`, withFields(settings, encryption));
      const { secretsprovider: secretsProvider } = settings.fields;
      return await work(
        new PreviewStack(name, this.project, this.cli, { settings: copy, home: home.path, secretsProvider }),
      );
    } finally {
      process.off("exit", leave);
      home.remove();
    }
  }

  /** How the state's secrets are encrypted, unless the settings say so themselves. */
  private async encryptionOf(name: string, { fields }: Settings): Promise<Record<string, string>> {
    if (fields["encryptionsalt"] !== undefined || fields["encryptedkey"] !== undefined) return {};
    const stack = this.stack(name);
    const { salt, url, encryptedkey } = await stack.encryption().catch(async (error: Error) => {
      // A killed run may have left the state unreadable.
      if (await stack.repairAttributes()) return stack.encryption();
      throw error;
    });
    const lines = {
      secretsprovider: fields["secretsprovider"] === undefined ? url : undefined,
      encryptionsalt: salt,
      encryptedkey,
    };
    return Object.fromEntries(Object.entries(lines).filter((line): line is [string, string] => line[1] !== undefined));
  }
}
