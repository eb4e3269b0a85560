import { hideStackTrace } from "../text/hideStackTrace";

/** A setting is missing or invalid. The message is one line and says how to fix it. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SettingsError";
    hideStackTrace(this);
  }
}

/** Reads a setting and returns its value, or the problem with it. Other errors are thrown. */
export async function valueOrProblem<T>(read: () => T | Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof SettingsError) return { problem: error.message };
    throw error;
  }
}
