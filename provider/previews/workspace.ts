import * as fs from "node:fs";
import * as path from "node:path";
import { LocalWorkspace, Stack as EngineStack, type CommandError } from "@pulumi/pulumi/automation";
import { NO_CLI, Stack } from "../recover/stack";

/** The first line of a settings file that a preview's command has made. */
const MADE = "# Made from another stack's settings by pulumi-mailmodo previews, for as long as it works. Do not edit.";

/** A project's stacks in its backend, by way of the Automation API. */
export class Workspace {
  private constructor(
    readonly cwd: string,
    private readonly workspace: LocalWorkspace,
  ) {}

  /** @throws {Error} The folder is no project's, or the CLI is missing or too old. The message is one line. */
  static async open(folder: string): Promise<Workspace> {
    const found = ["yaml", "yml", "json"].some((ending) => fs.existsSync(path.join(folder, `Pulumi.${ending}`)));
    if (!found)
      throw new Error(`No Pulumi project in ${folder}: there is no Pulumi.yaml. Name its folder: --cwd <folder>.`);
    const cwd = fs.realpathSync(folder);
    try {
      const workspace = await LocalWorkspace.create({ workDir: cwd });
      // Selecting would change which stack the user's own commands take.
      workspace.selectStack = async () => undefined;
      return new Workspace(cwd, workspace);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || /ENOENT/.test(message)) {
        throw new Error(NO_CLI, { cause: error });
      }
      throw error;
    }
  }

  /** The names of the project's stacks. */
  async stacks(): Promise<string[]> {
    return (await asked("list the stacks of the backend", () => this.workspace.listStacks())).map(({ name }) => name);
  }

  async tags(name: string): Promise<Record<string, string>> {
    return asked(`read the tags of ${name}`, () => this.workspace.listTags(name));
  }

  async setTag(name: string, tag: string, value: string): Promise<void> {
    await asked(`set a tag of ${name}`, () => this.workspace.setTag(name, tag, value));
  }

  /** Makes the stack, with the settings that are there for it. */
  async create(name: string): Promise<void> {
    const { secretsProvider } = await this.workspace.stackSettings(name);
    await this.stack(name).init(secretsProvider);
  }

  /** The stack, to be run by the engine. */
  async select(name: string): Promise<EngineStack> {
    return EngineStack.select(name, this.workspace);
  }

  /** The stack, to look at its state. */
  stack(name: string): Stack {
    return new Stack(name, this.cwd, process.env);
  }

  /** Removes the stack and its history. @throws {Error} It still has resources. */
  async remove(name: string): Promise<void> {
    await asked(`remove the stack ${name}`, () => this.workspace.removeStack(name));
  }

  /**
   * Does something while the stack has settings: those of another file, with what its own state tells of how secrets are
   * encrypted, for the machine that had made the stack may be gone.
   *
   * @param file The settings, by their file's name in the project's folder.
   * @param exists Whether the stack is there.
   */
  async withSettings<T>(name: string, file: string, exists: boolean, work: () => Promise<T>): Promise<T> {
    const own = path.join(this.cwd, `Pulumi.${name}.yaml`);
    if (fs.existsSync(own) && !fs.readFileSync(own, "utf8").startsWith(MADE)) {
      throw new Error(`${name} is a stack of its own: Pulumi.${name}.yaml is there. Give the preview another name.`);
    }
    let settings: string;
    try {
      settings = fs.readFileSync(path.join(this.cwd, file), "utf8");
    } catch (error) {
      throw new Error(
        `No settings for previews: ${file} is not in ${this.cwd}. Write it, or name another: --settings <file>.`,
        {
          cause: error,
        },
      );
    }
    fs.writeFileSync(own, `${MADE}\n${settings.trimEnd()}\n`);
    const leave = () => fs.rmSync(own, { force: true });
    process.once("exit", leave);
    try {
      if (exists) {
        await this.stack(name).mendAttributes();
        fs.appendFileSync(own, await this.secretsSettings(name));
      }
      return await work();
    } finally {
      process.off("exit", leave);
      leave();
    }
  }

  /** The lines of the settings that say how the state's secrets are encrypted, but for those that are there. */
  private async secretsSettings(name: string): Promise<string> {
    const { encryptionSalt, encryptedKey, secretsProvider } = await this.workspace.stackSettings(name);
    if (encryptionSalt !== undefined || encryptedKey !== undefined) return "";
    const { salt, url, encryptedkey } = await this.stack(name).encryption();
    const lines = {
      secretsprovider: secretsProvider === undefined ? url : undefined,
      encryptionsalt: salt,
      encryptedkey,
    };
    return Object.entries(lines)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join("");
  }
}

/** Does what needs the backend. @throws {Error} It failed: one line, in the CLI's words. */
async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new Error(`Could not ${what}: ${cliWords(error as CommandError)}`, { cause: error });
  }
}

/** Why the CLI failed, of all that it printed. */
function cliWords({ message }: Error): string {
  const lines = message.split("\n").map((line) => line.trim());
  const words = lines.filter((line) => line.startsWith("error:")).at(-1) ?? lines.filter(Boolean).at(-1) ?? "";
  return words.replace(/^error:\s*/, "").replace(/[^.]$/, "$&.");
}
