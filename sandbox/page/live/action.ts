import { signal } from "@preact/signals";
import { say } from "./announcer";

/** What the last action came to, for the controls to show. */
export const outcome = signal<{ readonly isProblem: boolean; readonly text: string } | undefined>(undefined);

/** Does something with the sandbox and says what it came to. */
export async function act(done: string, action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    outcome.value = { isProblem: false, text: done };
    say(done);
    return true;
  } catch (error) {
    outcome.value = { isProblem: true, text: `The sandbox did not do it: ${(error as Error).message}.` };
    return false;
  }
}
