import * as http from "node:http";
import { json, serve } from "./server";

/** What goes wrong with one request on its way, once it was passed on or instead of that. */
export interface Spoiled {
  /** "twice": it is passed on two times, and the second answer is given. */
  readonly kind:
    | "hang"
    | "reset"
    | "500"
    | "502-html"
    | "empty"
    | "no-ref"
    | "429"
    | "429-date"
    | "503-envelope"
    | "locked"
    | "307"
    | "403-html"
    | "twice";
  readonly isPassedOn: boolean;
  /** The header of a 429 or a 503. Default: 3 with a 429, none with a 503. Empty: none. */
  readonly retryAfter?: string;
}

/** A real server between a client and another server. */
export interface Gateway {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly paths: string[];
  /** How many requests it left without an answer. */
  readonly hung: number;
  close(): Promise<void>;
}

/**
 * @param spoil What happens to the request of such a number, from 1. Default: nothing.
 * @param hold Keeps its answer back, once it was passed on. Default: no.
 */
export async function openGateway(
  target: string,
  spoil: (nth: number) => Spoiled | undefined = () => undefined,
  hold: (nth: number) => Promise<void> = async () => undefined,
): Promise<Gateway> {
  const paths: string[] = [];
  let hung = 0;
  const server = await serve((response, nth, { method = "POST", url = "/", headers }) => {
    paths.push(url);
    const what = spoil(nth);
    const answer = (passed?: Passed) => {
      if (what?.kind === "hang") hung += 1;
      else if (what === undefined || what.kind === "twice") {
        response.writeHead(passed!.status, passed!.headers).end(passed!.body);
      } else answerSpoiled(response, what);
    };
    if (what?.isPassedOn === false) return answer();
    const { body } = server.seen.at(-1)!;
    const givenUp = new AbortController();
    response.once("close", () => givenUp.abort());
    const passed = passOn(new URL(url, target), { method, headers, signal: givenUp.signal }, body);
    const again = async (answered: Passed) =>
      what?.kind === "twice"
        ? passOn(new URL(url, target), { method, headers, signal: givenUp.signal }, body)
        : answered;
    passed
      .then(again)
      .then((answered) => hold(nth).then(() => answer(answered)))
      .catch(() => response.destroy());
  });
  return {
    url: server.url,
    paths,
    get hung() {
      return hung;
    },
    close: () => server.close(),
  };
}

interface Passed {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function passOn(url: URL, options: http.RequestOptions, body: string): Promise<Passed> {
  const headers = { ...(options.headers as http.OutgoingHttpHeaders), host: url.host };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { ...options, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer
        .on("error", reject)
        .on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    request.on("error", reject).end(body);
  });
}

function answerSpoiled(response: http.ServerResponse, { kind, retryAfter }: Spoiled): void {
  if (kind === "twice") throw new Error("It is answered by the target.");
  const asking = (usual: string) => ((retryAfter ?? usual) === "" ? {} : { "Retry-After": retryAfter ?? usual });
  switch (kind) {
    case "hang":
      return;
    case "reset":
      return void response.destroy();
    case "500":
      return json(response, 500, { success: false, message: "Something went wrong" });
    case "502-html":
      return void response
        .writeHead(502, { "Content-Type": "text/html" })
        .end("<html><title>Bad gateway</title></html>");
    case "403-html":
      return void response
        .writeHead(403, { "Content-Type": "text/html" })
        .end("<html><title>Blocked by policy</title></html>");
    case "empty":
      return void response.writeHead(200).end();
    case "no-ref":
      return json(response, 200, { success: true, message: "journey Executed" });
    case "429":
      return json(response, 429, { success: false, message: "Too many requests" }, asking("3"));
    case "429-date":
      return json(
        response,
        429,
        { success: false, message: "Too many requests" },
        { Date: "Tue, 24 Nov 2026 12:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 12:00:05 GMT" },
      );
    case "307":
      return void response.writeHead(307, { Location: "https://login.example.com/" }).end();
    case "locked":
      return json(response, 400, { success: false, message: "The flow is locked by another process" });
    case "503-envelope":
      return json(response, 503, { success: false, message: "Service unavailable" }, asking(""));
  }
}
