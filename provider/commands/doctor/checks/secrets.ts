import { UnreadableFields } from "../../../pulumi/settingsText";
import { adviceOn, failure, known, ok, Unknown, warning, type Check } from "../finding";
import { NoSettingsFile } from "../stackSettings";
import type { Surroundings } from "../surroundings";

/** Whether the CLI can encrypt and decrypt with what encrypts the stack's secrets. */
export const checkSecrets: Check<Surroundings> = {
  name: "secrets",
  async run(surroundings) {
    const settings = await known(surroundings.settings(), "The stack's settings cannot be read.");
    const { encryption } = settings;
    const isPassphrase = encryption === "passphrase";
    try {
      await settings.checkSecrets();
      return ok(
        isPassphrase ? "The passphrase is right." : `The secrets provider (${encryption}) encrypts and decrypts.`,
      );
    } catch (error) {
      const next = isPassphrase
        ? "Set PULUMI_CONFIG_PASSPHRASE to the stack's passphrase, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it."
        : "Log in where that key is, with permission to encrypt and decrypt, or log in to Pulumi Cloud (pulumi login).";
      return failure(
        `The stack's secrets cannot be used. ${(error as Error).message}`,
        adviceOn(error, next, `the secrets provider (${encryption}) and the network`),
      );
    }
  },
};

/** Whether the stack has a file with its settings. */
export const checkSettingsFile: Check<Surroundings> = {
  name: "settings file",
  async run(surroundings) {
    const stack = await surroundings.knownStack();
    try {
      const { source } = await surroundings.settings();
      if (source !== undefined) return ok(`${source}.`);
      return warning(
        `The stack ${stack.name} has no settings file here.`,
        "Put its Pulumi.<stack>.yaml back, or name it: --config-file <file>. For a preview, pass the file given to previews --settings.",
      );
    } catch (error) {
      if (error instanceof Unknown) throw error;
      return failure((error as Error).message, adviceOnFile(error as Error));
    }
  },
};

function adviceOnFile(error: Error): string | undefined {
  if (error instanceof NoSettingsFile) return "Name the stack's settings: --config-file <file>.";
  // Otherwise it says itself what to do.
  return error instanceof UnreadableFields ? "Correct that file." : undefined;
}
