import { readSettings } from "../../settings/settings";
import { SettingsError } from "../../settings/settingsError";
import { Unknown } from "./finding";
import type { Surroundings } from "./surroundings";

/**
 * Where Mailmodo's API is. Without a stack, its default.
 *
 * @throws {Unknown} The setting is not valid, or cannot be decrypted.
 */
export async function baseUrlOf(surroundings: Surroundings): Promise<string> {
  const config = await surroundings.config().catch(() => undefined);
  if (config?.isHidden === true && config.secret.has(NAME))
    throw new Unknown("mailmodo:baseUrl is among the stack's secrets, which cannot be decrypted.");
  // Only this setting, so that no other can be the problem.
  const reader = { get: (name: string) => (name === NAME ? config?.values[name] : undefined) };
  try {
    return (await readSettings(reader, { MAILMODO_API_KEY: "any" })).baseUrl;
  } catch (error) {
    if (error instanceof SettingsError) throw new Unknown("mailmodo:baseUrl is not valid.", { cause: error });
    throw error;
  }
}

const NAME = "mailmodo:baseUrl";
