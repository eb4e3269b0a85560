import { hideStack } from "../text/hideStack";

/** A setting that is missing or wrong. The message is one line and says what mends it. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SettingsError";
    hideStack(this);
  }
}

/** What reading a setting gives, or what is wrong with it. */
export async function attempt<T>(read: () => T | Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof SettingsError) return { problem: error.message };
    throw error;
  }
}
