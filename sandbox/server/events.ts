import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { SandboxEvents, SandboxState } from "../api";
import type { Changes } from "../state/changes";

const FLUSH_MS = 100;
const KEEP_OPEN_MS = 15_000;
/** Each page that is open has one, and each costs a copy of what changes. */
const MOST_READERS = 50;
/** What is sent of each kind in one flush: 100,000 instances that finish at once must not fill the readers' buffers. */
const MOST_AT_ONCE = 2_000;
const MOST_IN_EVENT = 100;
/** What is sent of each kind in one flush, in characters. 2,000 instances may have a quarter of a megabyte of values each. */
const FULL_LENGTH = 1024 * 1024;
/** While a reader has so many bytes to read yet, nothing more is sent. */
const FULL_BUFFER = 1024 * 1024;
/** A reader that has so many to read for longer is disconnected. It reconnects and reads everything again. */
const PATIENCE_MS = 5_000;

/**
 * `GET /_sandbox/events`: what changes, as server-sent events.
 *
 * @param watched Called when the first reader has come.
 */
export function eventRoute(
  app: FastifyInstance,
  changes: Changes,
  stateOf: () => SandboxState,
  watched: () => void,
): void {
  const readers = new Readers(changes, stateOf, watched);
  // An answer to HEAD would never end.
  app.get("/_sandbox/events", { exposeHeadRoute: false }, (_request, reply) => {
    if (readers.isFull) {
      return reply.code(503).send({ success: false, message: `There are already ${MOST_READERS} streams of events` });
    }
    reply.hijack();
    readers.add(reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
  });
  // Otherwise the streams would keep the server from closing.
  app.addHook("preClose", async () => readers.disconnectAll());
}

class Readers {
  private readonly open = new Set<ServerResponse>();
  /** Since when a reader is behind, in milliseconds. */
  private readonly behind = new WeakMap<ServerResponse, number>();
  private timer: NodeJS.Timeout | undefined;
  private keepOpen: NodeJS.Timeout | undefined;

  constructor(
    private readonly changes: Changes,
    private readonly stateOf: () => SandboxState,
    private readonly watched: () => void,
  ) {}

  get isFull(): boolean {
    return this.open.size >= MOST_READERS;
  }

  add(reader: ServerResponse, headers: OutgoingHttpHeaders): void {
    reader.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
    reader.on("close", () => this.remove(reader));
    reader.on("error", () => undefined);
    reader.write(text("state", this.stateOf()));
    this.open.add(reader);
    if (this.open.size > 1) return;
    this.changes.listen(() => this.schedule());
    this.keepOpen = setInterval(() => this.write(":\n\n"), KEEP_OPEN_MS);
    this.watched();
  }

  disconnectAll(): void {
    for (const reader of this.open) reader.destroy();
  }

  private remove(reader: ServerResponse): void {
    this.open.delete(reader);
    if (this.open.size > 0) return;
    this.changes.listen(undefined);
    clearInterval(this.keepOpen);
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  private flush(): void {
    this.timer = undefined;
    if (this.isAnyBehind()) return this.schedule();
    const texts = new Map<object, string>();
    const sizeOf = (item: object) => {
      const shown = JSON.stringify(withoutBody(item));
      texts.set(item, shown);
      return shown.length;
    };
    const { isReset, ...changed } = this.changes.take(MOST_AT_ONCE, FULL_LENGTH, sizeOf);
    if (isReset) this.write(text("reset", {}));
    for (const name of ["instances", "requests", "mails", "contacts"] as const)
      this.writeParts(
        name,
        [...changed[name]].map((item) => texts.get(item) ?? ""),
      );
    this.write(text("state", this.stateOf()));
    if (!this.changes.isEmpty) this.schedule();
  }

  private writeParts(name: keyof SandboxEvents, items: readonly string[]): void {
    for (let from = 0; from < items.length; from += MOST_IN_EVENT)
      this.write(event(name, `[${items.slice(from, from + MOST_IN_EVENT).join(",")}]`));
  }

  private write(events: string): void {
    for (const reader of this.open) if (!reader.destroyed) reader.write(events);
  }

  private isAnyBehind(): boolean {
    const now = performance.now();
    for (const reader of this.open) {
      if (reader.writableLength <= FULL_BUFFER) this.behind.delete(reader);
      else if (now - (this.behind.get(reader) ?? now) > PATIENCE_MS) reader.destroy();
      else this.behind.set(reader, this.behind.get(reader) ?? now);
    }
    return [...this.open].some((reader) => this.behind.has(reader) && !reader.destroyed);
  }
}

/** The bodies of messages are read one at a time. */
function withoutBody(item: object): object {
  return { ...item, text: undefined, html: undefined };
}

function text<Name extends keyof SandboxEvents>(name: Name, data: SandboxEvents[Name]): string {
  return event(name, JSON.stringify(data));
}

/** JSON has no line breaks of its own, so one line of data is enough. */
function event(name: keyof SandboxEvents, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
