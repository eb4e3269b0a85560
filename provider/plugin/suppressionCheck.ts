import type { StartRequest } from "../mailmodo/client";
import type { ContactDetails } from "../mailmodo/contactClient";
import { Deadline } from "../mailmodo/deadline";
import { HeldError, SuppressedError } from "../mailmodo/errors";
import { suppressionOf } from "../mailmodo/suppression";
import type { Connection } from "../mailmodo/transport";
import { maskAddress } from "../text/masking";
import { AdvisedError } from "./advice";

/** Loaded by the first look-up; see operation.ts. */
const client = () => import("../mailmodo/contactClient");

/** Looks up contacts before their starts, for `mailmodo:refuseSuppressed`. */
export class SuppressionCheck {
  private failedInARow = 0;
  private pausedUntil = -Infinity;
  private hasReported = false;

  /** @param log Receives one line where a look-up failed, once. Default: console.log. */
  constructor(private readonly log = (line: string) => console.log(line)) {}

  /**
   * Refuses the start of a contact that Mailmodo sends nothing. If the contact cannot be looked up, the start goes on.
   *
   * @throws {AdvisedError} The contact is suppressed: the cause is a {@link SuppressedError}.
   * @throws {HeldError} The look-up was held back, because the run is being stopped.
   */
  async refuse(to: Connection, { journeyId, email }: Pick<StartRequest, "journeyId" | "email">): Promise<void> {
    const contact = await this.lookUp(to, email);
    const suppression = contact && suppressionOf(contact, to, email);
    if (suppression === undefined) return;
    const call = { operation: "start", journeyId, subject: maskAddress(email) } as const;
    const error = new SuppressedError(call, `Mailmodo sends the contact nothing, because it ${suppression.state}.`);
    throw new AdvisedError(error, `Nothing was started. ${suppression.advice}`);
  }

  private async lookUp(to: Connection, email: string): Promise<ContactDetails | undefined> {
    if (performance.now() < this.pausedUntil) return undefined;
    try {
      const { findContact } = await client();
      // A deadline of its own: the start has all of its time, however long this takes.
      const deadline = new Deadline(to.deadline.slowDownBudgetMs);
      const contact = await findContact({ ...to, deadline }, email);
      this.failedInARow = 0;
      return contact;
    } catch (error) {
      // The run is being stopped: the start would be held back too.
      if (error instanceof HeldError) throw error;
      this.failedInARow += 1;
      // Otherwise each contact of a cohort would wait for the same failure.
      if (this.failedInARow >= PAUSE_AFTER) this.pausedUntil = performance.now() + PAUSE_MS;
      this.report(error as Error);
      return undefined;
    }
  }

  private report({ message }: Error): void {
    if (this.hasReported) return;
    this.hasReported = true;
    this.log(`mailmodo:refuseSuppressed: contacts that cannot be looked up are started all the same. ${message}`);
  }
}

/** After so many failures in a row, contacts are started without a look-up for a while. */
const PAUSE_AFTER = 3;
const PAUSE_MS = 60_000;
