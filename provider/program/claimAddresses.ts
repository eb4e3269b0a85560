import * as pulumi from "@pulumi/pulumi";
import { addressKey, mailboxKey } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { MailboxClaims, type MailboxUser } from "./mailboxClaims";
import { programError } from "./programError";
import { requireTags } from "./requireTags";

interface Claim {
  readonly name: string;
  readonly allowDuplicateEmail: boolean;
}

interface Claims {
  readonly byAddress: Map<string, Claim>;
  readonly mailboxes: MailboxClaims;
}

/** The claims on addresses, by run of a program: one process can run several inline programs. */
const claims = new WeakMap<object, Claims>();

/** The addresses in a journey that an enrollment or a cohort claims. */
export interface Claimed {
  readonly kind: "enrollment" | "cohort";
  readonly journeyId: pulumi.Input<string>;
  readonly emails: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly allowDuplicateEmail?: pulumi.Input<boolean> | undefined;
  readonly archiveContact?: pulumi.Input<boolean> | undefined;
}

/** What comes of a claim. */
export interface Granted {
  /** The input `allowDuplicateEmail`. It fails if the claim does. */
  readonly allowDuplicateEmail: pulumi.Output<boolean>;
  /** Whether the contacts are archived. False if the claim fails. */
  readonly archives: pulumi.Output<boolean>;
}

/**
 * Claims addresses for an enrollment or a cohort, and passes `allowDuplicateEmail` on. That output fails if an earlier
 * enrollment of this run has claimed an address in the same journey, or if the two do not agree on who archives its
 * contact. A resource with a failed input is not registered, so nothing is sent. `allowDuplicateEmail` is the input that
 * fails, because it is never secret, and because a preview loses nothing else while an address is unknown.
 *
 * @throws {pulumi.RunError} Through the returned output.
 */
export function claimAddresses(name: string, claimed: Claimed): Granted {
  const { journeyId, emails, allowDuplicateEmail = false, archiveContact = false } = claimed;
  const known = pulumi.unsecret(pulumi.all([journeyId, emails, allowDuplicateEmail, archiveContact]));
  const result = known.apply(([journey, addresses, allows, archives]) => {
    try {
      // The provider's check refuses values of the wrong type.
      const texts = (addresses as unknown[]).map(String);
      claim({ name, allowDuplicateEmail: allows }, journey, texts);
      claimMailboxes({ name, kind: claimed.kind, archives }, texts);
      return { allows, archives };
    } catch (error) {
      return { error };
    }
  });
  return {
    allowDuplicateEmail: result.apply((granted) => {
      if ("error" in granted) throw granted.error;
      return granted.allows;
    }),
    archives: result.apply((granted) => !("error" in granted) && granted.archives),
  };
}

/**
 * Claims the mailboxes of addresses, in any journey and without one.
 *
 * @throws {pulumi.RunError} Another resource of this run archives the contact, or this one would archive another's.
 */
function claimMailboxes(user: MailboxUser, emails: readonly string[]): void {
  if (typeof user.archives !== "boolean")
    throw programError(`archiveContact of the ${user.kind} "${user.name}" must be true or false.`);
  if (user.archives) requireTags(user, emails);
  const mailboxes = claimsOfRun()?.mailboxes;
  for (const email of emails) mailboxes?.add(mailboxKey(email), user, email);
}

/** The same for a Contact, which archives its contact itself. */
export function claimMailboxOfContact(name: string, email: string): void {
  claimsOfRun()?.mailboxes.add(mailboxKey(email), { name, kind: "contact", archives: false }, email);
}

function claim(news: Claim, journeyId: string, emails: readonly string[]): void {
  const taken = claimsOfRun()?.byAddress;
  for (const email of taken === undefined ? [] : emails) {
    const key = addressKey({ journeyId, email });
    const other = taken?.get(key);
    if (other !== undefined && !(other.allowDuplicateEmail && news.allowDuplicateEmail)) {
      throw programError(
        `"${other.name}" and "${news.name}" both enroll ${maskAddress(email)} in journey ${journeyId}. ` +
          "Remove one, or set allowDuplicateEmail on both.",
      );
    }
    taken?.set(key, news);
  }
}

/** Undefined where no program runs, as in a unit test without the mocks of a stack. */
function claimsOfRun(): Claims | undefined {
  const run = pulumi.runtime.getStackResource();
  if (run === undefined) return undefined;
  const ofRun = claims.get(run) ?? { byAddress: new Map<string, Claim>(), mailboxes: new MailboxClaims() };
  claims.set(run, ofRun);
  return ofRun;
}
