import { parseAddresses, type ArchiveInputs } from "../model/archive";
import { maskAddress } from "../text/masking";
import { throwOfDelete } from "./advice";
import { ContactError, ContactFailures } from "./contactFailures";
import { session } from "./session";
import { plainError } from "./shardMessages";
import { isStillEnrolled } from "./stillEnrolled";

/** Loaded by the first request. With axios it is most of the package's load time, and a preview sends nothing. */
const client = () => import("../mailmodo/contactClient");

/**
 * Archives the contacts that nothing of the stack enrolls any more.
 *
 * @throws {Error} Some are not archived. The engine keeps the resource, and the next delete tries all of them again.
 */
export async function archiveAll(state: ArchiveInputs): Promise<void> {
  const { cohort, shard = 0, size = 0 } = state;
  await session.engine.whileBusy(async () => {
    if (cohort === undefined) return session.slowDownNotice.during(() => archiveSingle(state));
    const progress = session.progressOf(cohort);
    progress.assumeSize(size);
    return progress.during(() => archiveShard(state, cohort, shard));
  });
}

async function archiveSingle({ contacts, stack }: ArchiveInputs): Promise<void> {
  for (const email of parseAddresses(contacts)) {
    const words = await archiveIfDue(email, stack).catch(throwOfDelete);
    // Pulumi shows the plugin's output as information under the stack.
    if (words !== undefined) console.log(`Nothing left to archive for ${maskAddress(email)}: "${words}"`);
  }
}

async function archiveIfDue(email: string, stack: string): Promise<string | undefined> {
  return (await isDue(email, stack)) ? archive(email) : undefined;
}

async function archiveShard({ contacts, stack }: ArchiveInputs, cohort: string, shard: number): Promise<void> {
  const failures = new ContactFailures();
  const due: string[] = [];
  await failures.each(parseAddresses(contacts), async (email) => {
    if (await isDue(email, stack)) due.push(email);
  });
  const unchecked = failures.count;
  const progress = session.progressOf(cohort);
  progress.beginArchiving(shard, due.length);
  const unknown: string[] = [];
  await failures.each(due, async (email) => {
    const words = await archive(email);
    if (words !== undefined) unknown.push(words);
    progress.count("archived");
  });
  if (unknown.length > 0)
    console.log(`${cohort}: nothing left to archive for ${unknown.length} of ${due.length} contacts: "${unknown[0]}"`);
  if (failures.count === 0) return;
  const message = failures.describe({ cohort, shard }, due.length + unchecked);
  throw plainError(`${message} What is not archived stays in the state: run it again.`);
}

/**
 * Whether a contact must be archived now. It must not if the program still uses it: `archiveContact` was turned off, or the
 * contact was moved to another resource, which archives it in its turn.
 *
 * @throws {Error} As {@link isStillEnrolled}. Or the program has a `Contact` for it that is not there yet.
 */
async function isDue(email: string, stack: string): Promise<boolean> {
  if (!session.thisRun.wants("contact", email)) return !(await isStillEnrolled({ email, stack }));
  // The program has a contact for it in place of archiveContact.
  if (await session.ownContacts.has({ email, stack })) return false;
  const why = "the program has a Contact for it, which was not added";
  throw new ContactError(`Could not archive the contact ${maskAddress(email)}: ${why}.`);
}

/** @returns Mailmodo's words if it knows no such contact, otherwise undefined. */
async function archive(email: string): Promise<string | undefined> {
  const to = await session.connectTo("archive");
  const { archiveContact } = await client();
  try {
    return await archiveContact(to, email);
  } catch (error) {
    throw session.advised(error, "archive");
  }
}
