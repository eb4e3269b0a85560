import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Journal } from "../../provider/journal/journal";
import { readOtherRuns } from "../../provider/journal/otherRuns";
import { OwnNotes } from "../../provider/journal/ownNotes";
import type { StackIdentity } from "../../provider/journal/stackIdentity";
import { identify } from "../../provider/processes/processIdentity";

/** Opens the journal of a run that is this process's. */
export async function openJournal({
  folder,
  stack,
  apiKey = SANDBOX_KEY,
  formerApiKey = async () => undefined,
}: {
  folder: string;
  stack: StackIdentity;
  apiKey?: string;
  formerApiKey?: () => Promise<string | undefined>;
}): Promise<Journal> {
  const left = await readOtherRuns({ folder, stack, apiKey, formerApiKey });
  return new Journal(new OwnNotes(folder, { stack, plugin: identify()!, since: Date.now() }), left);
}
