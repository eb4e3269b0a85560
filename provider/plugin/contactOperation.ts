import type { Journal } from "../journal/journal";
import type { ContactDetails } from "../mailmodo/contactClient";
import { mayStillBeAdded, outlastAdd } from "../mailmodo/lateAdd";
import type { Call } from "../mailmodo/outgoing";
import type { Connection } from "../mailmodo/transport";
import type { ContactInputs, ContactState } from "../model/contactInputs";
import { addNote, contactNote, hasMade } from "../model/contactNote";
import { isTaggedFor } from "../model/stackTag";
import { adviceOnGoneStack, adviceOnOtherStack, reasonToWaitFor } from "../text/recoverAdvice";
import { AdvisedError, mayHaveTakenEffect } from "./advice";
import { heldError, JournaledCall, type AnsweredNote } from "./journaledCall";
import { session, type Session } from "./session";

/** Loaded by the first request, because a preview sends nothing. */
const client = () => import("../mailmodo/contactClient");

type Contact = Pick<ContactInputs, "email" | "list" | "data" | "stack" | "onDelete"> & Pick<ContactState, "addSentAt">;

/**
 * One create, read, update or delete of a contact. A note is in the journal before a request may create or archive the
 * contact, and is finished at the end of the run, once the state shows the result.
 */
export class ContactOperation {
  private readonly answered: AnsweredNote[] = [];

  private constructor(private readonly session: Session) {}

  /** Runs an operation for the engine, and says so while it waits because Mailmodo asks to slow down. */
  static run<T>(work: (operation: ContactOperation) => Promise<T>): Promise<T> {
    return session.slowDownNotice.during(() =>
      session.engine.whileBusy(async () => {
        const operation = new ContactOperation(session);
        try {
          return await work(operation);
        } finally {
          operation.session.journals.finishAtEnd(operation.answered);
        }
      }),
    );
  }

  /** What Mailmodo knows of a contact. Undefined: it knows no such contact. */
  async find(to: Connection, { email }: Pick<Contact, "email">): Promise<ContactDetails | undefined> {
    const { findContact } = await client();
    return this.advising("find", () => findContact(to, email));
  }

  /**
   * Finds out whose an address is.
   *
   * @returns "new": Mailmodo does not know it. "own": it is this stack's. "foreign": it may be a real person's. "unproven":
   *   that too, although an earlier run tried to add it.
   */
  async ownerOf(to: Connection, contact: Contact): Promise<"new" | "own" | "foreign" | "unproven"> {
    const journal = await this.journalOf(to, contact);
    const note = contactNote(contact);
    const reason = await journal.unsettled.waitForInFlight(note);
    if (reason !== undefined) throw heldError("add", note, reason);
    const details = await this.find(to, contact);
    if (details === undefined) return "new";
    const { email, stack = "" } = contact;
    const adds = journal.unsettled.of(note).filter(({ kind }) => kind === "add");
    const isMade = adds.some((add) => hasMade(add, details.data));
    if (isMade || isTaggedFor(email, stack) || (await this.session.ownContacts.isMade(contact))) return "own";
    return adds.length > 0 ? "unproven" : "foreign";
  }

  /**
   * Adds a contact or changes its values.
   *
   * @param isOwn Whether it is this stack's, or new. Only then is there a note: `recover` archives what a note tells of.
   * @returns When this or an earlier add was sent whose answer was lost, if that may still take effect.
   */
  async add(to: Connection, contact: Contact, isOwn: boolean): Promise<number | undefined> {
    const earlier = await this.lateAddOf(to, contact);
    const add = async (connection: Connection) => (await client()).addContact(connection, contact);
    const lost = isOwn ? await this.journaled("add", to, contact, add) : await this.advising("add", () => add(to));
    // At once: by the values that were just sent, recover would take a person's contact for one that a killed run made.
    if (!isOwn) settleAll(await this.journalOf(to, contact), contact);
    this.session.ownContacts.add(contact.email);
    return lost ?? earlier;
  }

  /** When an add was sent whose answer was lost, by the state or a note. Undefined if none may still take effect. */
  async lateAddOf(to: Connection, contact: Contact): Promise<number | undefined> {
    const notes = (await this.journalOf(to, contact)).unsettled.of(contactNote(contact));
    const addSentAt = Math.max(...[contact, ...notes].map((one) => one.addSentAt ?? -Infinity));
    return mayStillBeAdded({ email: contact.email, addSentAt }, to.lateEffectMs) ? addSentAt : undefined;
  }

  /** Waits until no add can still take effect that would bring the contact back after it was archived. */
  async outlastAdd(to: Connection, contact: Contact): Promise<Connection> {
    const addSentAt = await this.lateAddOf(to, contact);
    return this.advising("archive", () => outlastAdd(to, { email: contact.email, addSentAt }));
  }

  /** Finishes the notes of this operation's calls, because the state will not record their results. */
  finishNotes(): void {
    for (const { note } of this.answered.splice(0)) note.finish();
  }

  async removeFromList(to: Connection, { email, list }: Pick<Contact, "email" | "list">): Promise<void> {
    const { removeFromList } = await client();
    return this.advising("removeFromList", () => removeFromList(to, { email, list }));
  }

  /** @returns Mailmodo's words if it knows no such contact, otherwise undefined. */
  async archive(to: Connection, contact: Contact): Promise<string | undefined> {
    const { archiveContact } = await client();
    return this.journaled("archive", to, contact, (connection) => archiveContact(connection, contact.email));
  }

  /**
   * Gives up the contact of a resource that is deleted.
   *
   * @returns Whether another resource of the stack has it.
   * @throws {HeldError} The state of the stack cannot be read.
   */
  async giveUp(contact: Contact): Promise<boolean> {
    try {
      const isKept = await this.session.ownContacts.giveUp(contact);
      // The program has archiveContact for it in place of the contact.
      return isKept || this.session.thisRun.wants("archive", contact.email);
    } catch (error) {
      throw this.unknownUser(contact, "another resource of the stack", error);
    }
  }

  /**
   * The name of another stack of the project that has or enrolls the contact. No other stack has one with this stack's tag.
   *
   * @throws {HeldError} The states of the project's stacks cannot be read; or a run of another stack may be adding or starting
   *   the contact, or was killed in that, by its state or a note. Then nobody may have it once that is settled.
   */
  async otherStackWith(to: Connection, contact: Contact): Promise<string | undefined> {
    const { email, stack } = contact;
    if (isTaggedFor(email, stack ?? "")) return undefined;
    const { otherEnrollments } = this.session;
    const unknown = (error: unknown) => {
      throw this.unknownUser(contact, "another stack of the project", error);
    };
    const user = await otherEnrollments.otherStackWithContact(email, stack).catch(unknown);
    if (user?.isPending === false) return user.stack;
    const name = user?.stack ?? (await this.notedStackWith(to, contact));
    if (name === undefined) return undefined;
    const isGone = user === undefined && !(await otherEnrollments.stackExists(name, stack).catch(unknown));
    const held = heldError("archive", contactNote(contact), reasonToWaitFor(name));
    throw new AdvisedError(held, isGone ? adviceOnGoneStack(name, stack) : adviceOnOtherStack(name));
  }

  /** The name of another stack that has noted a start or an add of the contact on this machine. */
  private async notedStackWith(to: Connection, contact: Contact): Promise<string | undefined> {
    const { ofOthers } = await this.journalOf(to, contact);
    return ofOthers.startsAndAddsOf(contact.email).find((call) => !this.session.thisRun.hasEnded(call))?.ofStack;
  }

  private unknownUser(contact: Contact, who: string, error: unknown): unknown {
    const message = (error as Error).message.replace(/\.$/, "");
    const why = `whether ${who} has the contact is not known: ${message}`;
    return this.session.advised(heldError("archive", contactNote(contact), why), "archive");
  }

  /** Sends a call with a note of its own. Those that killed runs left of the contact are finished with it. */
  private async journaled<T>(
    kind: "add" | "archive",
    to: Connection,
    contact: Contact,
    send: (to: Connection) => Promise<T>,
  ): Promise<T> {
    const journal = await this.journalOf(to, contact);
    const call = new JournaledCall(journal, kind, kind === "add" ? addNote(contact) : contactNote(contact));
    return this.advising(kind, async () => {
      try {
        const result = await send(call.connection(to));
        this.answered.push(...call.confirmContact(kind === "add" ? "contact" : "no contact"));
        return result;
      } catch (error) {
        if (!mayHaveTakenEffect(error)) call.finish();
        throw call.advised(error);
      }
    });
  }

  private journalOf(to: Connection, { stack }: Contact): Promise<Journal> {
    return this.session.journals.of(to, stack);
  }

  private async advising<T>(call: Call, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.session.advised(error, call);
    }
  }
}

/** Settles what killed runs left of a contact. */
function settleAll({ unsettled }: Journal, contact: Contact): void {
  for (const earlier of unsettled.of(contactNote(contact))) unsettled.settle(earlier);
}
