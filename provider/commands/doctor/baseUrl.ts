import { readSettings } from "../../settings/settings";
import { SettingsError } from "../../settings/settingsError";
import { Unknown } from "./finding";
import type { Surroundings } from "./surroundings";

/**
 * Where Mailmodo's API is. Without a stack, its default.
 *
 * @throws {Unknown} The setting is not valid.
 */
export async function baseUrlOf(surroundings: Surroundings): Promise<string> {
  const config = await surroundings.config().catch(() => undefined);
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
