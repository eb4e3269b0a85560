import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { SandboxEvents, SandboxState } from "../api";
import type { Mail } from "../mail/mail";
import type { Changes } from "../state/changes";

const FLUSH_MS = 100;
const KEEP_OPEN_MS = 15_000;
/** Each page that is open has one, and each costs a copy of what changes. */
const MOST_READERS = 50;
/** What is sent of each kind in one flush: 100,000 instances that finish at once must not fill the readers' buffers. */
const MOST_AT_ONCE = 2_000;
/** What is sent in one event: 2,000 instances with a megabyte of values each would be longer than a string can be. */
const MOST_IN_EVENT = 100;
/** A reader that is so many bytes behind is disconnected. It reconnects and reads everything again. */
const FULL_BUFFER = 8 * 1024 * 1024;

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
    const { isReset, instances, requests, mails, contacts } = this.changes.take(MOST_AT_ONCE);
    if (isReset) this.write(text("reset", {}));
    this.writeParts("instances", instances);
    this.writeParts("requests", requests);
    this.writeParts("mails", mails.map(withoutBody));
    this.writeParts("contacts", contacts);
    this.write(text("state", this.stateOf()));
    if (!this.changes.isEmpty) this.schedule();
  }

  private writeParts<Name extends Exclude<keyof SandboxEvents, "state" | "reset">>(
    name: Name,
    items: SandboxEvents[Name],
  ): void {
    for (let from = 0; from < items.length; from += MOST_IN_EVENT) {
      this.write(text(name, items.slice(from, from + MOST_IN_EVENT) as unknown as SandboxEvents[Name]));
    }
  }

  private write(events: string): void {
    for (const reader of this.open) {
      if (reader.destroyed) continue;
      reader.write(events);
      if (reader.writableLength > FULL_BUFFER) reader.destroy();
    }
  }
}

function withoutBody(mail: Mail): Omit<Mail, "text" | "html"> {
  const copy: { -readonly [Name in keyof Mail]: Mail[Name] } = { ...mail };
  delete copy.text;
  delete copy.html;
  return copy;
}

/** JSON has no line breaks of its own, so one line of data is enough. */
function text<Name extends keyof SandboxEvents>(name: Name, data: SandboxEvents[Name]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
