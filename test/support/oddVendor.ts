import { randomUUID } from "node:crypto";
import type * as http from "node:http";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import type { Situation } from "../../provider/commands/probe/situations";
import { journeyId } from "./journeyId";
import { serve, type TestServer } from "./server";

/** An answer in any form. In its body and headers `{{instanceId}}` and `{{email}}` stand for what the call concerns. */
export interface Odd {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type OddAnswers = Partial<Readonly<Record<Situation, Odd>>>;

interface Started {
  readonly instanceId: string;
  readonly email: string;
  isRunning: boolean;
}

/** A real server that does as Mailmodo's contract says, and answers as nothing says. What it does not say yes to, it does not do. */
export async function openOddVendor(answers: OddAnswers): Promise<TestServer> {
  const vendor = new OddVendor(answers);
  const server: TestServer = await serve((response, _nth, request) =>
    vendor.answer(response, request, server.seen.at(-1)!.body),
  );
  return server;
}

interface Asked {
  readonly email?: string;
  readonly instanceId?: string;
  readonly allowDuplicateEmail?: boolean;
}

class OddVendor {
  private readonly started: Started[] = [];

  constructor(private readonly answers: OddAnswers) {}

  answer(response: http.ServerResponse, request: http.IncomingMessage, body: string): void {
    const asked = JSON.parse(body) as Asked;
    const situation = this.situationOf(request, asked);
    const { status, body: template, headers = {} } = this.answers[situation] ?? USUAL[situation];
    const isYes = status >= 200 && status <= 299 && saysYes(template);
    const concerned = this.concerned(situation, asked, isYes);
    const fill = (text: string) =>
      text
        .replaceAll("{{instanceId}}", concerned?.instanceId ?? asked.instanceId ?? this.started[0]?.instanceId ?? "")
        .replaceAll("{{email}}", concerned?.email ?? asked.email ?? this.started[0]?.email ?? "");
    const bytes = Buffer.from(fill(template));
    const lines = Object.entries({ ...headers, "Content-Length": String(bytes.length), Connection: "close" });
    const head = [`HTTP/1.1 ${status} Odd`, ...lines.map(([name, value]) => `${name}: ${fill(value)}`), "", ""];
    // Node's own server writes no status and no header that is not allowed.
    response.socket?.end(Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), bytes]));
  }

  private situationOf({ url = "", headers }: http.IncomingMessage, asked: Asked): Situation {
    const { email, instanceId } = asked;
    if (headers["mmapikey"] !== SANDBOX_KEY) return "wrongKey";
    if (!url.endsWith(journeyId)) return "unknownJourney";
    if (email?.includes("@") === false) return "invalidEmail";
    const running = this.started.filter((one) => one.isRunning);
    if (url.startsWith("/hooks/start/")) {
      if (running.length > 0) return asked.allowDuplicateEmail ? "otherStart" : "secondStart";
      return this.started.length === 0 ? "start" : "startAfterAbort";
    }
    if (instanceId === undefined) return running.length > 0 ? "abortAddress" : "abortAddressNone";
    const named = this.started.find((one) => one.instanceId === instanceId);
    return named === undefined ? "abortUnknown" : named.isRunning ? "abort" : "abortEnded";
  }

  /** Does what it says yes to, and gives the instance that the call concerns. */
  private concerned(situation: Situation, { email = "", instanceId }: Asked, isYes: boolean): Started | undefined {
    const isStart = ["start", "secondStart", "otherStart", "startAfterAbort"].includes(situation);
    if (isStart && isYes) this.started.push({ instanceId: randomUUID(), email, isRunning: true });
    if (isStart) return this.started.at(-1);
    const named = this.started.filter((one) =>
      instanceId === undefined ? one.isRunning : one.instanceId === instanceId,
    );
    if (isYes && (situation === "abort" || situation === "abortAddress"))
      for (const one of named) one.isRunning = false;
    return named.at(-1);
  }
}

function saysYes(body: string): boolean {
  try {
    return (JSON.parse(body) as { success?: unknown } | null)?.success === true;
  } catch {
    return false;
  }
}

function yes(message: string, more: object = {}): Odd {
  return { status: 200, body: JSON.stringify({ success: true, message, ...more }) };
}

function no(message: string, more: object = {}): Odd {
  return { status: 400, body: JSON.stringify({ success: false, ...more, message }) };
}

const STARTED = yes("journey Executed", { ref: "{{instanceId}}" });
const ENROLLED = no("The journey is already running for the provided email");
const UNKNOWN = no("No such journey instance", { status: "error" });

/** As the sandbox's default profile. */
const USUAL: Record<Situation, Odd> = {
  wrongKey: no("Invalid mmApiKey", { status: "error" }),
  start: STARTED,
  secondStart: ENROLLED,
  otherStart: STARTED,
  abort: yes("journey aborted"),
  abortEnded: no("The journey instance has already ended", { status: "error" }),
  abortUnknown: UNKNOWN,
  startAfterAbort: STARTED,
  abortAddress: yes("journey aborted"),
  abortAddressAgain: yes("journey aborted"),
  abortAddressNone: UNKNOWN,
  invalidEmail: no("The provided email is not a valid email id", { status: "error" }),
  unknownJourney: UNKNOWN,
  slowDown: no("Too many requests"),
};
