import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  /** Its certificate, over TLS. */
  readonly certificate?: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

export type Answer = (response: http.ServerResponse, nth: number, request: http.IncomingMessage) => void;

/** A real server on a free port that keeps every request, and answers with `answer`, which gets the request's number, from 1. */
export async function serve(answer: Answer): Promise<TestServer> {
  return listening(http.createServer(), "http", answer);
}

/** The same over TLS, with a certificate of its own making that no authority vouches for. */
export async function serveTls(answer: Answer): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tls-"));
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:*.mailmodo.test";
  const subject = ["-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", names];
  try {
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", cert, ...subject], {
      stdio: "ignore",
    });
    const certificate = fs.readFileSync(cert, "utf8");
    const server = https.createServer({ key: fs.readFileSync(key), cert: certificate });
    return { ...(await listening(server, "https", answer)), certificate };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function listening(server: http.Server | https.Server, scheme: string, answer: Answer): Promise<TestServer> {
  const seen: Seen[] = [];
  server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      answer(response, seen.length, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}
