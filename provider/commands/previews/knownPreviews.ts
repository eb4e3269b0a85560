import { TAGS } from "../../pulumi/previewTags";
import { previewOf, type Preview } from "./preview";
import type { Workspace } from "./workspace";

/** A project's previews in its backend. */
interface Listing {
  readonly previews: readonly Preview[];
  /** The names of the stacks whose tags could not be read: they may be previews. */
  readonly unread: readonly string[];
}

/** Finds a project's previews: its stacks in the backend that have the tag. */
export class KnownPreviews {
  /** @param log Receives the stack's name and the error if its tags cannot be read. */
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

  /** The preview of that name, or undefined if there is no such stack. @throws {Error} The stack is not a preview. */
  async find(name: string): Promise<Preview | undefined> {
    const listed = (await this.workspace.stacks()).find((one) => one.name === name);
    if (listed === undefined) return undefined;
    const preview = previewOf(listed, await this.workspace.tags(name));
    if (preview !== undefined) return preview;
    throw new Error(
      `The stack ${name} is not a preview: it has no tag ${TAGS.created}, and is left unchanged. ` +
        `Choose another name; or, if it is empty and was left by an up that was killed early: pulumi stack rm ${name}.`,
    );
  }

  /** The names that still belong to stacks. */
  async stillExisting(names: readonly string[]): Promise<string[]> {
    if (names.length === 0) return [];
    const existing = new Set((await this.workspace.stacks()).map(({ name }) => name));
    return names.filter((name) => existing.has(name));
  }
}
