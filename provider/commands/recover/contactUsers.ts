import type { NotesOfOthers } from "../../journal/notesOfOthers";
import type { ContactUser, OtherStacks } from "../../pulumi/otherStacks";

/** The other stacks of the project that have or enroll a contact, by their states and by the notes on this machine. */
export class ContactUsers {
  /** @param namesOfStacks Reads the names of the project's stacks. Called only if a note tells of the contact. */
  constructor(
    private readonly otherStacks: Pick<OtherStacks, "findStackWithContact">,
    private readonly notes: Pick<NotesOfOthers, "startsAndAddsOf">,
    private readonly namesOfStacks: () => Promise<ReadonlySet<string>>,
  ) {}

  /**
   * The other stack that has or enrolls a contact. One that a state tells of comes before one that only a note tells of.
   *
   * @throws {Error} The state of a stack cannot be read.
   */
  async findStackWithContact(email: string): Promise<ContactUser | undefined> {
    const user = await this.otherStacks.findStackWithContact(email);
    if (user !== undefined) return user;
    // Not the adds: the recoveries of two stacks whose killed runs have added the contact would wait for each other.
    const starts = this.notes.startsAndAddsOf(email).filter(({ kind }) => kind === "start");
    if (starts.length === 0) return undefined;
    // This recovery has settled those of stacks that are gone.
    const names = await this.namesOfStacks();
    const start = starts.find(({ ofStack }) => names.has(ofStack));
    return start && { stack: start.ofStack, isPending: true };
  }
}
