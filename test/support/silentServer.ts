import { once } from "node:events";
import * as net from "node:net";

/** A server that takes connections and never answers, as one behind a firewall that drops the answers. */
export interface SilentServer {
  readonly host: string;
  /** Waits until somebody has asked. */
  asked(): Promise<void>;
  /** Waits until all who asked have ended their connections. */
  abandoned(): Promise<void>;
  close(): void;
}

export async function startSilentServer(): Promise<SilentServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    // It ends with a reset if its process is killed.
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.once("data", () => server.emit("asked"));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const first = once(server, "asked");
  return {
    host: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    async asked() {
      await first;
    },
    async abandoned() {
      await Promise.all([...sockets].map((socket) => once(socket, "close")));
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
