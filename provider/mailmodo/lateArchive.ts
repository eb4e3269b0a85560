import { maskAddress } from "../text/masking";
import { rememberSent } from "./lateEffect";
import { outlast } from "./outlast";
import type { Connection } from "./transport";

/** An archive whose answer was lost, and that was confirmed when it was sent again. */
interface LostArchive {
  readonly email: string;
  /** When the last attempt was sent whose answer was lost, by `performance.now`. Undefined if there was none. */
  readonly lostAt: number | undefined;
}

/**
 * Waits until no attempt of an archive can take effect any more, even beyond the connection's deadline: the next run may add
 * the contact and start a journey, and Mailmodo would archive it in the middle of that. Nothing records the archive then, so
 * the run must not end before.
 *
 * @throws {LateCallError} The process began to shut down during the wait. The error says when to try again.
 */
export async function outlastArchive(connection: Connection, { email, lostAt }: LostArchive): Promise<void> {
  if (lostAt === undefined) return;
  await outlast(connection, {
    sent: { email, sentAt: rememberSent({ email }, lostAt) },
    what: "archive",
    failed: { operation: "archive", subject: maskAddress(email) },
    outlastsDeadline: true,
  });
}
