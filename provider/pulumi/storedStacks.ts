import { gunzipSync } from "node:zlib";
import { jsonObject } from "../text/jsonObject";
import type { Deployment } from "./deployment";
import { damagedLock, type Lock } from "./stackLock";
import type { StateFiles, StoredFile } from "./stateFiles";

/**
 * The stacks of a backend in a folder or a bucket, from its files. The layout is the CLI's: a state is
 * `.pulumi/stacks/<project>/<stack>.json`, or `.json.gz`, and its tags are beside it. In a backend of an old kind it is
 * `.pulumi/stacks/<stack>.json`. The CLI replaces a file as a whole, so a state that is read while a run writes it is the
 * one before or the one after.
 *
 * @returns Undefined if the backend has another layout, which only the CLI knows.
 */
export async function storedStacks(files: StateFiles): Promise<StoredStack[] | undefined> {
  const [meta, states, locks, journals] = await Promise.all([
    files.read(".pulumi/meta.yaml"),
    files.list(STACKS),
    files.list(LOCKS),
    // Newer CLIs keep there what a run has done since it wrote the state.
    files.list(JOURNALS),
  ]);
  const version = meta === undefined ? "0" : /^"?version"?: *(\d+)/m.exec(meta.toString("utf8"))?.[1];
  const depth = version === "1" ? 2 : 1;
  if (version !== "0" && version !== "1") return undefined;
  const byStack = new Map<string, StoredFile[]>();
  for (const file of states) {
    const words = file.key.slice(STACKS.length).split("/");
    const [, stack = "", ending] = STATE.exec(words.at(-1)!) ?? [];
    if (words.length !== depth || ending === undefined) continue;
    const path = [...words.slice(0, -1), stack].join("/");
    byStack.set(path, [...(byStack.get(path) ?? []), file]);
  }
  const tagged = new Set(states.map(({ key }) => key));
  return [...byStack].map(([path, variants]) => {
    const fullName = depth === 2 ? `organization/${path}` : path;
    const below =
      (folder: string) =>
      ({ key }: StoredFile) =>
        key.startsWith(folder);
    const tags = `${STACKS}${path}.pulumi-tags`;
    return new StoredStack(fullName, files, {
      states: variants,
      tags: tagged.has(tags) ? tags : undefined,
      locks: locks.filter(below(`${LOCKS}${fullName}/`)).filter(({ key }) => key.endsWith(".json")),
      isJournaled: journals.some(below(`${JOURNALS}${path}/`)),
    });
  });
}

const STACKS = ".pulumi/stacks/";
const LOCKS = ".pulumi/locks/";
const JOURNALS = ".pulumi/journal/";
/** The file of a state, and how it is compressed. Other endings are those of copies and tags. */
const STATE = /^(.+)\.json(|\.gz|\.zst)$/;

/** One stack, from a backend's files. */
export class StoredStack {
  constructor(
    /** `organization/project/stack`. Without the project if the backend is of an old kind. */
    readonly fullName: string,
    private readonly files: StateFiles,
    private readonly found: {
      readonly states: readonly StoredFile[];
      readonly tags: string | undefined;
      readonly locks: readonly StoredFile[];
      readonly isJournaled: boolean;
    },
  ) {}

  /**
   * The state, with its secrets encrypted.
   *
   * @returns "gone": the stack has been removed meanwhile. "unknown": only the CLI may know how to read it.
   */
  async state(): Promise<Deployment | "gone" | "unknown"> {
    const { states, isJournaled } = this.found;
    const [newest] = [...states].sort((a, b) => b.modifiedAt - a.modifiedAt || b.key.length - a.key.length);
    if (isJournaled || newest!.key.endsWith(".zst")) return "unknown";
    const bytes = await this.files.read(newest!.key);
    return bytes === undefined ? "gone" : (parseCheckpoint(bytes) ?? "unknown");
  }

  async tags(): Promise<Readonly<Record<string, string>>> {
    const { tags: key } = this.found;
    const bytes = key === undefined ? undefined : await this.files.read(key);
    const { tags } = jsonObject(bytes?.toString("utf8") ?? "{}") ?? {};
    const all = typeof tags === "object" && tags !== null ? Object.entries(tags as Record<string, unknown>) : [];
    return Object.fromEntries(all.filter((tag): tag is [string, string] => typeof tag[1] === "string"));
  }

  /** The locks that runs hold on the stack. */
  async locks(): Promise<readonly Lock[]> {
    const read = this.found.locks.map(async ({ key, modifiedAt }) => {
      const bytes = await this.files.read(key);
      if (bytes === undefined) return [];
      return [lockOf(bytes.toString("utf8"), this.files.urlOf(key), modifiedAt)];
    });
    return (await Promise.all(read)).flat();
  }
}

/**
 * The lock that the CLI wrote into a file. A file that is not complete keeps all runs out, too.
 *
 * @param writtenAt When the file was written, which is when the run began.
 */
function lockOf(text: string, url: string, writtenAt: number): Lock {
  const { username, hostname, pid, timestamp } = jsonObject(text) ?? {};
  const word = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const [owner, host, time] = [word(username), word(hostname), Date.parse(word(timestamp) ?? "")];
  if (owner !== undefined && host !== undefined && typeof pid === "number" && pid > 0 && !Number.isNaN(time))
    return { owner, host, pid, at: time, url };
  return damagedLock(url, writtenAt || Infinity);
}

/** Parses the file of a state. @returns Undefined if it is damaged, or of a version that is not known here. */
function parseCheckpoint(bytes: Buffer): Deployment | undefined {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  let text: string;
  try {
    text = (isZipped ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch {
    return undefined;
  }
  const { version, checkpoint } = (jsonObject(text) ?? {}) as {
    version?: number;
    checkpoint?: { latest?: Deployment };
  };
  // A stack that nothing has run in has no state and, in some CLIs, version 0.
  if (checkpoint?.latest === undefined || checkpoint.latest === null) return checkpoint && {};
  return version === 3 || version === 4 ? checkpoint.latest : undefined;
}
