import { stackOptions } from "../text/configCommand";
import type { ConfigReader } from "./settings";
import { SettingsError } from "./settingsError";

/**
 * `mailmodo:refuseSuppressed`: whether each contact is looked up before its start, and the start is refused if Mailmodo
 * sends the contact nothing. Default: false.
 *
 * @throws {SettingsError} It is neither true nor false.
 */
export function refuseSuppressed(config: ConfigReader, env: NodeJS.ProcessEnv = process.env): boolean {
  const text = config.get("mailmodo:refuseSuppressed")?.trim() ?? "";
  if (text === "" || text === "false") return false;
  if (text === "true") return true;
  throw new SettingsError(
    `mailmodo:refuseSuppressed must be true or false. Set it: pulumi config set ${stackOptions(env)}mailmodo:refuseSuppressed true.`,
  );
}
