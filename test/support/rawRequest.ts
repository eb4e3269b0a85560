import { once } from "node:events";
import * as net from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** By their lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request line and header lines as they are, with a body where one is given, and reads the answer. */
export async function rawRequest(url: string, lines: readonly string[], body = ""): Promise<RawAnswer> {
  const socket = await connect(url);
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  socket.write([...lines, ...length, "Connection: close", "", body].join("\r\n"));
  return answerOf(await untilClosed(socket));
}

export async function connect(url: string): Promise<net.Socket> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  await once(socket, "connect");
  return socket;
}

/** What is received until the other side closes the connection. */
export async function untilClosed(socket: net.Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A refused connection may be reset while there is still something to send.
  socket.on("error", () => undefined);
  await once(socket, "close");
  return Buffer.concat(chunks).toString("utf8");
}

export function answerOf(text: string): RawAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return { status: Number(first.split(" ")[1]), headers: Object.fromEntries(headers), body: rest.join("\r\n\r\n") };
}
