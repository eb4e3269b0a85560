/** A recovery left problems: calls of a killed run that only the user or a destroy can settle. */
export class NotRecovered extends Error {
  /** @param isOfContactsAlone Whether all of them are contacts that an enrollment of the stack has. */
  constructor(
    message: string,
    readonly isOfContactsAlone: boolean,
  ) {
    super(message);
  }
}
