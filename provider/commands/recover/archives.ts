import { archiveContact, findContact, type ContactDetails } from "../../mailmodo/contactClient";
import { outlastAdd } from "../../mailmodo/lateAdd";
import type { Connection } from "../../mailmodo/transport";
import { OUTSIDE_RECIPIENTS, type Recipients } from "../../model/recipients";
import type { OtherStacks } from "../../pulumi/otherStacks";
import { connectionAdvice } from "../../settings/connectionAdvice";
import { maskAddress } from "../../text/masking";
import { adviceOnOtherStack, reasonToWaitFor } from "../../text/recoverAdvice";
import type { Aborts } from "./aborts";

/** What is known of a contact to archive. */
interface Archival {
  /**
   * Whether the contact is the stack's, by the values that Mailmodo has of it. Otherwise it is left. Default: it is, and is
   * not looked up.
   */
  readonly isOwn?: (data: ContactDetails["data"]) => boolean;
  /** When an add was sent whose answer was lost, in milliseconds since 1970. It is outlasted first. Default: there is none. */
  readonly addSentAt?: number | undefined;
}

/** Archives the contacts of one recovery, and counts them. */
export class Archives {
  /** How many contacts were archived. */
  archived = 0;

  /**
   * @param aborts Collects the problems, and knows whether another run works on the stack.
   * @param connect Makes a connection for one call, with a deadline of its own.
   * @param recipients No contact outside of them is archived.
   * @param areNotesComplete Whether every note was read that may be the stack's. Default: true.
   */
  constructor(
    private readonly aborts: Pick<Aborts, "problems" | "undecided" | "reasonToWait">,
    private readonly otherStacks: Pick<OtherStacks, "findStackWithContact">,
    private readonly connect: () => Connection,
    private readonly recipients: Recipients,
    private readonly log: (line: string) => void,
    private readonly areNotesComplete = true,
  ) {}

  /**
   * Whether no contact is archived in this recovery, because a start or an abort could not be settled, or a note of one
   * could not be read: a journey of the contact may run.
   */
  areHeldBack(): boolean {
    const { problems, undecided } = this.aborts;
    return !this.areNotesComplete || problems.length + undecided.length > 0;
  }

  /**
   * A contact must stay for now, and must stay known.
   *
   * @param isNeeded Whether the state must not be written before it is archived.
   */
  postpone(problem: string, isNeeded: boolean): void {
    const { problems, undecided } = this.aborts;
    if ((isNeeded ? problems : undecided).includes(problem)) return;
    if (isNeeded) problems.push(problem);
    else undecided.push(problem);
  }

  /**
   * Archives a contact, unless another stack records or enrolls it, or may do so.
   *
   * @returns Why it is not archived. Undefined if it is, or if it is unknown to Mailmodo or somebody else's.
   */
  async archive(email: string, { isOwn, addSentAt }: Archival): Promise<string | undefined> {
    const who = `the contact ${maskAddress(email)}`;
    try {
      await outlastAdd(this.connect(), { email, addSentAt, outlastsDeadline: true });
      const user = await this.otherStacks.findStackWithContact(email);
      if (user?.isPending === true)
        return `Could not archive ${who}: ${reasonToWaitFor(user.stack)}. ${adviceOnOtherStack(user.stack)}`;
      if (user !== undefined) {
        this.log(`Left ${who} in Mailmodo: the stack ${user.stack} has it.`);
        return undefined;
      }
      const details = isOwn && (await findContact(this.connect(), email));
      if (details !== undefined && !isOwn!(details.data)) {
        this.log(
          `Left ${who} alone: a run tried to add it, but the values that Mailmodo has of it do not show that it did, so it may ` +
            "be a real person's. Look at its values and lists in Mailmodo: if it is not, archive it there.",
        );
        return undefined;
      }
      const reasonToHold = async () => {
        if (!this.recipients.allows(email)) return OUTSIDE_RECIPIENTS;
        return this.aborts.reasonToWait();
      };
      const words = await archiveContact({ ...this.connect(), reasonToHold }, email);
      if (words === undefined) this.archived += 1;
      this.log(
        words === undefined ? `Archived ${who}.` : `Nothing left to archive for ${maskAddress(email)}: "${words}"`,
      );
      return undefined;
    } catch (error) {
      return [(error as Error).message, connectionAdvice(error)].filter(Boolean).join(" ");
    }
  }
}
