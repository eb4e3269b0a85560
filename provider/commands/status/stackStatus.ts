import { stackIdentity } from "../../journal/stackIdentity";
import type { Liveness } from "../../processes/processIdentity";
import type { Deployment } from "../../pulumi/deployment";
import { fullNameOf, parseStackName } from "../../pulumi/stackName";
import { SECRET } from "../../pulumi/stateResource";
import type { KnownStack } from "../../pulumi/knownStack";
import { holderOf, livenessOfOwner } from "../lockOwner";
import { previewOf, type Preview } from "../previews/preview";
import { encryptedIn, enrolledIn, type Encrypted, type Enrolled } from "./enrolled";
import type { Leftovers, StackLeftovers } from "./leftovers";

/** What is known of one stack. */
export interface StackStatus {
  /** `organization/project/stack`. Without the project if the backend is of an old kind and the state is empty. */
  readonly fullName: string;
  readonly enrolled: readonly Enrolled[];
  /** What is encrypted and could not be decrypted, for the given reason. */
  readonly encrypted?: Encrypted & { readonly reason: string };
  /** Set if the stack is a preview. */
  readonly preview?: Preview;
  /** The run that holds the stack's lock. */
  readonly lock?: HeldLock;
  /** Set if the backend does not reveal whether there is a lock. */
  readonly isLockUnknown?: true;
  /** The notes that runs have left on this machine. */
  readonly leftovers?: StackLeftovers;
  /** Why the stack could not be read. */
  readonly reason?: string;
}

interface HeldLock {
  /** Such as `ann@laptop (pid 7)`. */
  readonly holder: string;
  /** Whether its run is alive. */
  readonly liveness: Liveness;
  /** Since when, in milliseconds since 1970. */
  readonly since?: number;
}

/** Reads what is known of a stack. @returns Undefined if it has been removed meanwhile. */
export async function statusOf(
  stack: KnownStack,
  backend: string,
  leftovers: Leftovers,
): Promise<StackStatus | undefined> {
  try {
    const state = await stack.state();
    if (state === undefined) return undefined;
    const tags = await stack.tags();
    const fullName = fullNameOf(stack.fullName, state) ?? stack.fullName;
    const identity = stackIdentity(fullName, backend);
    const preview = previewOf({ name: parseStackName(fullName).stack }, tags);
    const locks = await stack.locks();
    const [lock] = locks ?? [];
    const runs = leftovers.runsOf(identity);
    return {
      fullName,
      ...(await contentsOf(stack, state)),
      ...(preview === undefined ? {} : { preview }),
      leftovers: leftovers.of(identity),
      ...(locks === undefined ? { isLockUnknown: true as const } : {}),
      ...(lock === undefined
        ? {}
        : {
            lock: {
              holder: holderOf(lock),
              liveness: livenessOfOwner(lock, runs),
              ...(Number.isFinite(lock.at) ? { since: lock.at } : {}),
            },
          }),
    };
  } catch (error) {
    // A state that is not in the form of one fails anywhere, in words that mean nothing to its reader.
    const reason =
      error instanceof TypeError
        ? `The state of the stack ${stack.fullName} is damaged, or of an unknown form. Restore it from a backup.`
        : (error as Error).message;
    return { fullName: stack.fullName, enrolled: [], reason };
  }
}

/** Decrypts the state only if something of this package is encrypted: that takes the CLI, and the passphrase or the key. */
async function contentsOf(stack: KnownStack, state: Deployment): Promise<Pick<StackStatus, "enrolled" | "encrypted">> {
  const encrypted = encryptedIn(state);
  if (encrypted.enrollments + encrypted.cohorts === 0) return { enrolled: enrolledOf(stack, state) };
  let decrypted: Deployment;
  try {
    decrypted = await stack.decryptedState();
  } catch (error) {
    return { enrolled: enrolledOf(stack, state), encrypted: { ...encrypted, reason: (error as Error).message } };
  }
  return { enrolled: enrolledOf(stack, decrypted) };
}

function enrolledOf({ fullName }: KnownStack, state: Deployment): Enrolled[] {
  // The parser's words repeat a part of the text, which may be an address.
  const unknownForm = (cause?: unknown) =>
    new Error(
      `The state of the stack ${fullName} has contacts in an unknown form. Update pulumi-mailmodo, or restore the state.`,
      { cause },
    );
  const isText = (value: unknown) => value === undefined || typeof value === "string" || isSecret(value);
  if (!(state.resources ?? []).every(({ outputs }) => isText(outputs?.["journeyId"]) && isText(outputs?.["email"])))
    throw unknownForm();
  try {
    return enrolledIn(state);
  } catch (error) {
    throw unknownForm(error);
  }
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && SECRET in value;
}
