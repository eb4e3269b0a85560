import { maskAddress } from "../text/masking";
import { ContactError } from "./contactFailures";
import { session } from "./session";
import { plainError } from "./shardMessages";

/**
 * Whether an enrollment of the program has the contact that is to be archived. Then it must stay.
 *
 * @throws {Error} Something enrolls it that is not in the program, or is not deleted yet; or that cannot be told.
 */
export async function isStillEnrolled({ email, stack }: { email: string; stack?: string }): Promise<boolean> {
  const { otherEnrollments } = session;
  const user = await otherEnrollments.enrolling(email, stack).catch((error: Error) => {
    const why = "whether anything of the stack still enrolls it is not known";
    throw plainError(`Could not archive the contact ${maskAddress(email)}: ${why}. ${error.message}`);
  });
  if (user === undefined) return false;
  if (session.thisRun.wants("enrollment", email)) return true;
  const why = `a resource that is not gone yet still enrolls it (${user})`;
  throw new ContactError(`Could not archive the contact ${maskAddress(email)}: ${why}.`);
}
