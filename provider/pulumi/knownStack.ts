import type { Deployment } from "./deployment";
import { Stack } from "./stack";
import { IN_CLOUD, type Lock } from "./stackLock";
import type { StoredStack } from "./storedStacks";

/** A stack of a backend, which is only read. What the backend's files do not tell is asked of the CLI. */
export class KnownStack {
  private readonly viaCli: Stack;

  /**
   * @param fullName `organization/project/stack`. Without the project if the backend is of an old kind.
   * @param source The stack in the backend's files, or, if only the CLI can read them, whether it is being updated;
   *   undefined if the CLI does not tell.
   */
  constructor(
    readonly fullName: string,
    private readonly source: StoredStack | { readonly isUpdating: boolean | undefined },
    cwd: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.viaCli = new Stack(fullName, cwd, env);
  }

  /**
   * The state, with its secrets encrypted. Undefined if the stack has been removed meanwhile.
   *
   * @throws {Error} The state cannot be read. The message is one line.
   */
  async state(): Promise<Deployment | undefined> {
    if (!("state" in this.source)) return this.viaCli.storedState();
    const stored = await this.source.state().catch(() => "unknown" as const);
    if (stored === "unknown") return this.viaCli.storedState();
    return stored === "gone" ? undefined : stored;
  }

  /** The state with decrypted secrets. @throws {Error} The CLI cannot decrypt them. The message is one line. */
  decryptedState(): Promise<Deployment> {
    return this.viaCli.state();
  }

  tags(): Promise<Readonly<Record<string, string>>> {
    return "state" in this.source ? this.source.tags() : this.viaCli.tags();
  }

  /**
   * The locks that runs hold on it. Of Pulumi Cloud it is known only that there is one. Undefined if the backend does not
   * reveal its locks to a command that only reads.
   */
  async locks(): Promise<readonly Lock[] | undefined> {
    if ("state" in this.source) return this.source.locks();
    const { isUpdating } = this.source;
    return isUpdating === undefined ? undefined : isUpdating ? [IN_CLOUD] : [];
  }
}
