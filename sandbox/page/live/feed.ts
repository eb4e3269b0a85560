import type { Contact, Instance, LoggedRequest, SandboxEvents } from "../../api";
import { announce } from "./announcer";
import { readAll } from "./api";
import { connection, contacts, enrollments, isReading, requests, setState, touched } from "./store";

type Name = keyof SandboxEvents;

/** How long to wait before each further try to connect. The last one is for all that follow. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];
/** From this try on, the page says that the sandbox has stopped. */
const STOPPED_AFTER = 4;

/**
 * Keeps the store up to date by the server's events. After each connection it reads the lists, while the events already
 * come in. Events are used once a frame, so that a thousand of them are rendered once.
 */
export class Feed {
  private source: EventSource | undefined;
  private reading = new AbortController();
  private failures = 0;
  private timer: number | undefined;
  private queue: (() => void)[] = [];
  private instanceIds = new Set<string>();

  connect(): void {
    window.clearTimeout(this.timer);
    this.disconnect();
    const source = new EventSource("/_sandbox/events");
    this.source = source;
    source.onerror = () => this.retry();
    this.on(source, "state", (next) => {
      if (connection.peek() !== "connected") this.read();
      this.failures = 0;
      connection.value = "connected";
      setState(next);
    });
    this.on(source, "instances", (items) => {
      announce(enrollments.merge(items));
      for (const { instanceId } of items) this.instanceIds.add(instanceId);
    });
    this.on(source, "contacts", (items) => void contacts.merge(items));
    this.on(source, "requests", (items) => {
      requests.merge(items);
      for (const { instanceId } of items) if (instanceId !== undefined) this.instanceIds.add(instanceId);
    });
    this.on(source, "mails", (items) => {
      for (const { instanceId } of items) this.instanceIds.add(instanceId);
    });
    this.on(source, "reset", () => {
      for (const live of [enrollments, contacts, requests])
        live.change((table: { replace(rows: never[]): void }) => table.replace([]));
      this.read();
    });
  }

  disconnect(): void {
    this.source?.close();
    this.reading.abort();
    this.queue = [];
  }

  private retry(): void {
    this.disconnect();
    connection.value = this.failures < STOPPED_AFTER ? "reconnecting" : "stopped";
    const waitMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.timer = window.setTimeout(() => this.connect(), waitMs);
  }

  /** Reads the lists, and then drops what is in neither them nor the events. */
  private read(): void {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    isReading.value = true;
    for (const live of [enrollments, contacts, requests]) live.begin();
    void (async () => {
      try {
        await readAll<Instance>(
          "instances",
          ({ number }) => number,
          (items) => enrollments.merge(items),
          signal,
        );
        enrollments.complete();
        await readAll<Contact>(
          "contacts",
          ({ number }) => number,
          (items) => contacts.merge(items),
          signal,
        );
        contacts.complete();
        await readAll<LoggedRequest>(
          "requests",
          ({ id }) => id,
          (items) => requests.merge(items),
          signal,
        );
        requests.complete();
        isReading.value = false;
        touched.value = { has: () => true };
      } catch {
        // Another one has begun, or the connection is lost, which its own event tells too.
        if (!signal.aborted) this.retry();
      }
    })();
  }

  private on<N extends Name>(source: EventSource, name: N, use: (data: SandboxEvents[N]) => void): void {
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      if (this.queue.length === 0) nextFrame(waitMs(), () => this.flush());
      this.queue.push(() => use(JSON.parse(data) as SandboxEvents[N]));
    });
  }

  private flush(): void {
    const queue = this.queue;
    this.queue = [];
    for (const use of queue) use();
    if (this.instanceIds.size > 0) touched.value = this.instanceIds;
    this.instanceIds = new Set();
  }
}

/** A long list is changed four times a second, however much comes in: more would be work that nobody sees. */
function waitMs(): number {
  return Math.max(enrollments.table.size, contacts.table.size) < 1000 ? 0 : 250;
}

/** Frames do not come to a tab that is hidden, and its events must not pile up. */
function nextFrame(afterMs: number, act: () => void): void {
  let isDone = false;
  const once = () => {
    if (!isDone) act();
    isDone = true;
  };
  setTimeout(() => requestAnimationFrame(once), afterMs);
  setTimeout(once, afterMs + 500);
}
