/** The admin API, as the page calls it. */
const ROOT = "/_sandbox/";

/** How many items a list is read at a time: a thousand are parsed and shown without a pause that anybody feels. */
const PAGE_SIZE = 1000;

export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return (await call("GET", path, undefined, signal)).json() as Promise<Answer>;
}

export async function send(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<void> {
  await call(method, path, body);
}

/** Reads a list in pages. */
export async function readAll<Item>(
  path: string,
  positionOf: (item: Item) => number,
  use: (items: readonly Item[]) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let after = 0; ;) {
    const items = await get<Item[]>(`${path}?after=${after}&limit=${PAGE_SIZE}`, signal);
    signal.throwIfAborted();
    use(items);
    const last = items.at(-1);
    // A page may have fewer than it was asked for, if they are large.
    if (last === undefined) return;
    after = positionOf(last);
  }
}

/** The address of something that the browser opens by itself. */
export function linkTo(path: string): string {
  return ROOT + path;
}

/** @throws {CallError} The sandbox refused the call. */
async function call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(ROOT + path, {
    method,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  if (!response.ok) throw new CallError(response.status, await messageOf(response));
  return response;
}

export class CallError extends Error {
  override readonly name = "CallError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // It is not JSON, as a proxy's answer.
  }
  return `the sandbox answered ${response.status}`;
}
