import * as fs from "node:fs";
import * as path from "node:path";
import type { Cli } from "../../pulumi/cli";
import type { Encryption } from "../../pulumi/deployment";
import { ownSettings, type Project } from "../../pulumi/project";
import { isJson, parseFields, readText, withYamlFields } from "../../pulumi/settingsText";
import { parseConfig } from "../../pulumi/stackConfig";
import { parseStackName } from "../../pulumi/stackName";
import { PrivateFolder } from "../privateFolder";

/** The values of a stack's config. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  /** The names of those that are set with `--secret`. */
  readonly secret: ReadonlySet<string>;
  /** Whether the secret ones are missing among the values, because they cannot be decrypted. */
  readonly isHidden: boolean;
}

/** The file that is named as a stack's settings does not exist. */
export class NoSettingsFile extends Error {}

/**
 * A copy of a stack's settings file. The CLI writes to the file whenever it needs a salt that is not in it, so it never
 * gets the user's own.
 */
export class StackSettings {
  private secretWorks: Promise<void> | undefined;

  private constructor(
    private readonly cli: Cli,
    private readonly stack: string,
    private readonly folder: PrivateFolder,
    private readonly file: string,
    /** The user's file. Undefined if there is none. */
    readonly source: string | undefined,
    /** How secrets are encrypted: `passphrase`, `Pulumi Cloud`, or the beginning of the URL of a key, such as `awskms`. */
    readonly encryption: string,
  ) {}

  /**
   * @param encryption How the state's secrets are encrypted. It counts if the file does not say it.
   * @param configFile The file, if it is not the stack's own.
   * @throws {NoSettingsFile} There is no such file.
   * @throws {Error} The file cannot be read, or not be copied. The message is one line.
   */
  static async copy(
    cli: Cli,
    stack: string,
    project: Project,
    encryption: Encryption,
    configFile?: string,
  ): Promise<StackSettings> {
    const own = () => ownSettings(project, parseStackName(stack).stack);
    const source = configFile === undefined ? own() : path.resolve(configFile);
    if (source !== undefined && !fs.existsSync(source))
      throw new NoSettingsFile(`The settings file ${source} does not exist.`);
    const ending = path.extname(source ?? "") || ".yaml";
    const text = source === undefined ? "" : readText(source);
    const fields = parseFields(text, path.basename(source ?? "Pulumi.yaml"));
    const isEncrypted = ["encryptionsalt", "encryptedkey", "secretsprovider"].some(
      (name) => typeof fields[name] === "string",
    );
    const more = isEncrypted ? {} : fieldsOf(encryption);
    const copy = isJson(ending) ? JSON.stringify({ ...fields, ...more }) : withYamlFields(text, more);
    // If this process is killed, the next command for previews removes it.
    const folder = await PrivateFolder.make();
    const file = folder.write(`Pulumi.copy${ending}`, copy);
    const provider = typeof fields["secretsprovider"] === "string" ? fields["secretsprovider"] : encryption.url;
    return new StackSettings(cli, stack, folder, file, source, nameOf(provider));
  }

  /**
   * Encrypts a word into the copy and decrypts it again, with whatever encrypts the stack's secrets.
   *
   * @throws {Error} It does not work. The message is one line, in the CLI's words.
   */
  checkSecrets(): Promise<void> {
    return (this.secretWorks ??= this.tryToEncrypt());
  }

  /** Reads the config, with secrets decrypted if that works. */
  async config(): Promise<StackConfig> {
    const isHidden = await this.checkSecrets().then(
      () => false,
      () => true,
    );
    const shown = isHidden ? [] : ["--show-secrets"];
    const text = await this.cli.read("read the config", ["config", "--json", ...shown, ...this.options]);
    const entries = JSON.parse(text) as Record<string, { secret?: boolean }>;
    const secret = Object.entries(entries).filter(([name, entry]) => entry.secret === true && name !== PROBE);
    const values = Object.entries(parseConfig(text)).filter(
      ([name]) => name !== PROBE && !(isHidden && entries[name]?.secret === true),
    );
    return { values: Object.fromEntries(values), secret: new Set(secret.map(([name]) => name)), isHidden };
  }

  remove(): void {
    this.folder.remove();
  }

  private get options(): string[] {
    return ["--config-file", this.file, "--stack", this.stack];
  }

  private async tryToEncrypt(): Promise<void> {
    await this.cli.read("encrypt a secret", ["config", "set", "--secret", PROBE, "works", ...this.options]);
    const decrypted = await this.cli.read("decrypt a secret", ["config", "get", PROBE, ...this.options]);
    if (decrypted.trim() !== "works") throw new Error("A secret that was encrypted was decrypted to another text.");
  }
}

function nameOf(provider = "passphrase"): string {
  return provider.startsWith("http") ? "Pulumi Cloud" : provider.split(":")[0]!;
}

/** A secret of the copy alone. */
const PROBE = "pulumi-mailmodo-doctor:probe";

function fieldsOf({ salt, url, encryptedkey }: Encryption): Record<string, string> {
  // Pulumi Cloud encrypts them itself, and needs no field.
  if (url?.startsWith("http")) return {};
  const fields = { encryptionsalt: salt, secretsprovider: url, encryptedkey };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}
