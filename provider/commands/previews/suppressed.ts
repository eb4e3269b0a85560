import { inParallel } from "../../async/inParallel";
import { findContact } from "../../mailmodo/contactClient";
import { Deadline } from "../../mailmodo/deadline";
import { RateLimit } from "../../mailmodo/rateLimit";
import { suppressionOf, type Suppression } from "../../mailmodo/suppression";
import type { Connection } from "../../mailmodo/transport";
import { mailboxKey } from "../../model/addresses";
import { readSettings } from "../../settings/settings";
import { maskAddress, maskAddresses } from "../../text/masking";
import { count } from "../../text/wording";

/** An address that a resource of a preview has. */
interface Addressed {
  readonly email: string;
  readonly urn: string;
}

interface LookUpOptions {
  /** Reads the preview's config, with decrypted secrets. */
  readonly readConfig: () => Promise<Readonly<Record<string, string>>>;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the look-ups early. */
  readonly signal: AbortSignal;
}

/**
 * Looks up the contacts of a preview, and warns of those that Mailmodo sends nothing, and of what is not known: one line
 * each. It never fails.
 */
export async function suppressionWarnings(addresses: readonly Addressed[], options: LookUpOptions): Promise<string[]> {
  const contacts = contactsOf(addresses);
  if (contacts.length === 0) return [];
  const lookUps = new LookUps(contacts.slice(0, MAX_LOOK_UPS), options);
  const problem = await lookUps.run().catch((error: Error) => error.message);
  const { warnings, done } = lookUps;
  const more = warnings.length - MAX_SHOWN;
  const left = contacts.length - done;
  return [
    ...warnings.slice(0, MAX_SHOWN),
    ...(more > 0 ? [`Mailmodo sends nothing to ${more} more of its contacts.`] : []),
    ...(problem === undefined
      ? []
      : [`Whether Mailmodo sends mail to ${ofAll(left, contacts)} is not known. ${problem}`]),
    ...(problem === undefined && left > 0 ? [`Not looked up: ${ofAll(left, contacts)}. ${LIMITS}`] : []),
  ];
}

function ofAll(some: number, { length }: readonly unknown[]): string {
  return `${some} of its ${count(length, "contact")}`;
}

const MAX_LOOK_UPS = 100;
const MAX_MS = 30_000;
const MAX_SHOWN = 10;
const MAX_RESOURCES_SHOWN = 3;
/** Never shown: what is held back is only counted. */
const ENDED = "the look-ups have ended";
const LIMITS = `Each up looks up the first ${MAX_LOOK_UPS}, in at most ${MAX_MS / 1000} s.`;

/** An address, with the names of the resources that have it. */
interface Contact {
  readonly email: string;
  readonly resources: Set<string>;
}

/** Each mailbox once, in the order of the state. */
function contactsOf(addresses: readonly Addressed[]): Contact[] {
  const contacts = new Map<string, Contact>();
  for (const { email, urn } of addresses) {
    const key = mailboxKey(email);
    const contact = contacts.get(key) ?? { email, resources: new Set() };
    contacts.set(key, contact);
    contact.resources.add(urn.split("::").at(-1) ?? "");
  }
  return [...contacts.values()];
}

/** The look-ups of one up. They share a limit, and end together. */
class LookUps {
  /** How many contacts were looked up. */
  done = 0;
  private readonly found: (string | undefined)[] = [];

  constructor(
    private readonly contacts: readonly Contact[],
    private readonly options: LookUpOptions,
  ) {}

  /** Of the contacts that Mailmodo sends nothing, in their order. */
  get warnings(): string[] {
    return this.found.filter((warning) => warning !== undefined);
  }

  /** @throws {Error} A look-up failed, and the others were not begun. */
  async run(): Promise<undefined> {
    const { readConfig, env, signal } = this.options;
    const config = await readConfig();
    const { requestsPerSecond, slowDownTimeoutMs, ...settings } = await readSettings(
      { get: (key) => config[key] },
      env,
    );
    const pace = new RateLimit(requestsPerSecond);
    const end = () => pace.releaseAll();
    const timer = setTimeout(end, MAX_MS);
    signal.addEventListener("abort", end);
    try {
      await inParallel(this.contacts.entries(), async ([index, contact]) => {
        if (pace.isReleased || signal.aborted) return;
        const deadline = new Deadline(slowDownTimeoutMs);
        const connection = {
          ...settings,
          pace,
          deadline,
          reasonToHold: async () => (pace.isReleased ? ENDED : undefined),
        };
        await this.lookUp(connection, contact, index);
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  }

  private async lookUp(connection: Connection, contact: Contact, index: number): Promise<void> {
    try {
      const { email } = contact;
      const details = await findContact(connection, email);
      const suppression = details && suppressionOf(details, connection, email);
      this.done += 1;
      if (suppression !== undefined) this.found[index] = suppressionWarning(contact, suppression);
    } catch (error) {
      // Once the time is up, it is one of those that were not looked up.
      if (!connection.pace.isReleased) throw error;
    }
  }
}

function suppressionWarning({ email, resources }: Contact, { state, advice }: Suppression): string {
  // A resource may be named after its contact.
  const names = [...resources].slice(0, MAX_RESOURCES_SHOWN).map(maskAddresses).join(", ");
  return `Mailmodo sends nothing to ${maskAddress(email)} (${names}), because it ${state}. ${advice}`;
}
