import { maskAddress } from "../text/masking";
import { adviceOnOtherStack, recoverAdvice, unreadAdvice } from "../text/recoverAdvice";
import { adviceOnUser } from "./adviceOnUser";
import { ContactError } from "./contactFailures";
import { session } from "./session";
import { plainError } from "./shardMessages";

/**
 * Whether an enrollment of the program has the contact that is to be archived. Then it must stay, whatever a state says: the
 * enrollment may be recorded in another stack, or its start may have failed.
 *
 * @throws {Error} Something enrolls it that is not in the program, or is not deleted yet; a killed run may have started it;
 *   or that cannot be told, for example because notes cannot be read.
 */
export async function isStillEnrolled({ email, stack }: { email: string; stack?: string }): Promise<boolean> {
  // A destroy runs no program. With --run-program, the engine checks no resource (measured).
  if (session.thisRun.wants("enrollment", email)) return true;
  const failure = (why: string) => `Could not archive the contact ${maskAddress(email)}: ${why}.`;
  const user = await session.otherEnrollments.enrolling(email, stack).catch((error: Error) => {
    const why = "whether anything of the stack still enrolls it is not known";
    throw plainError(`${failure(why)} ${error.message}`);
  });
  if (user !== undefined) {
    const why = `a resource that is not gone yet still enrolls it (${user})`;
    throw new ContactError([failure(why), await adviceOnUser(user, email, stack)].filter(Boolean).join(" "));
  }
  const to = await session.connectTo("archive");
  const start = await session.unsettledStart(to, { email, ...(stack === undefined ? {} : { stack }) });
  if (start !== undefined) {
    const { journeyId, otherStack } = start;
    const of = otherStack === undefined ? "this stack" : `the stack ${otherStack}`;
    const why = `a killed run of ${of} may have started journey ${journeyId} for it, which may still run`;
    throw new ContactError(
      `${failure(why)} ${otherStack === undefined ? `${recoverAdvice(stack)}.` : adviceOnOtherStack(otherStack)}`,
    );
  }
  const { unreadStarts } = await session.journals.of(to, stack);
  if (unreadStarts.length === 0) return false;
  const why =
    `a killed or failed run left notes that cannot be read (${unreadStarts.join(" and ")}), and a journey that they tell of ` +
    "may still run for it";
  // No contact of the stack can be archived then.
  throw plainError(`${failure(why)} ${unreadAdvice(stack)}`);
}
