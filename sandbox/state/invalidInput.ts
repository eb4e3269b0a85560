/** An input of the user's that is refused. The message is one line. The server answers it with this status. */
export class InvalidInput extends Error {
  readonly statusCode = 400;
}
