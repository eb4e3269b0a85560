import * as http from "node:http";
import * as net from "node:net";
import type { AddressInfo } from "node:net";

export interface ConnectProxy {
  /** `host:port`. */
  readonly host: string;
  /** The targets of the CONNECT requests, each with the credentials that came with it, decoded. */
  readonly seen: { readonly target: string | undefined; readonly credentials: string | undefined }[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Where every tunnel leads, whatever its target. Default: to the target. */
  readonly to?: URL;
  /** Answers each CONNECT with this and the given page, and opens no tunnel. Default: 200, and a tunnel. */
  readonly status?: number;
  readonly page?: string;
  /** The reason phrase of that answer. Default: the usual one. */
  readonly reason?: string;
}

/** A real proxy for CONNECT on a free port. */
export async function startProxy({ to, status = 200, page = "", reason }: ProxyOptions = {}): Promise<ConnectProxy> {
  const seen: ConnectProxy["seen"] = [];
  const sockets = new Set<net.Socket>();
  const server = http.createServer((_, response) => void response.writeHead(400).end());
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("connect", ({ url: target, headers }: http.IncomingMessage, socket: net.Socket, head: Buffer) => {
    const [, basic] = /^Basic (.*)$/.exec(headers["proxy-authorization"] ?? "") ?? [];
    seen.push({ target, credentials: basic && Buffer.from(basic, "base64").toString("utf8") });
    socket.on("error", () => undefined);
    if (status !== 200) {
      const phrase = reason ?? http.STATUS_CODES[status] ?? "Unknown";
      socket.end(`HTTP/1.1 ${status} ${phrase}\r\nContent-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`);
      return;
    }
    const { hostname, port } = to ?? new URL(`http://${target}`);
    const upstream = net.connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    sockets.add(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
