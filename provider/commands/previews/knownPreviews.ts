import { previewOf, TAGS, type Preview } from "./preview";
import type { Workspace } from "./workspace";

/** What the backend says of a project's previews. */
interface Listing {
  readonly previews: readonly Preview[];
  /** The names of the stacks whose tags cannot be read: they may be previews. */
  readonly unread: readonly string[];
}

/** The previews that the backend knows: the stacks of the project that have the tag. */
export class KnownPreviews {
  /** @param log Takes what cannot be read, by the stack's name. */
  constructor(
    private readonly workspace: Workspace,
    private readonly log: (name: string, line: string) => void,
  ) {}

  async all(): Promise<Listing> {
    const previews: Preview[] = [];
    const unread: string[] = [];
    for (const listed of await this.workspace.stacks()) {
      const { name } = listed;
      const tags = await this.workspace.tags(name).catch((error: Error) => {
        this.log(name, error.message);
        unread.push(name);
        return {};
      });
      const preview = previewOf(listed, tags);
      if (preview !== undefined) previews.push(preview);
    }
    return { previews, unread };
  }

  /** The preview of that name, or undefined if there is no such stack. @throws {Error} The stack is no preview. */
  async find(name: string): Promise<Preview | undefined> {
    const listed = (await this.workspace.stacks()).find((one) => one.name === name);
    if (listed === undefined) return undefined;
    const preview = previewOf(listed, await this.workspace.tags(name));
    if (preview !== undefined) return preview;
    throw new Error(
      `The stack ${name} is no preview: it has no tag ${TAGS.created}, so it is not touched. Choose another name; ` +
        `or, if it is empty and was left by an up that was killed as it started: pulumi stack rm ${name}.`,
    );
  }

  /** Which of the names are still those of stacks. */
  async among(names: readonly string[]): Promise<string[]> {
    if (names.length === 0) return [];
    const there = new Set((await this.workspace.stacks()).map(({ name }) => name));
    return names.filter((name) => there.has(name));
  }
}
