import { randomInt } from "node:crypto";
import * as net from "node:net";

/**
 * A port of 127.0.0.1 that nothing listens on at this moment. It is below those that systems give to outgoing
 * connections, one of which could take it before the caller does.
 */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(randomInt(10_000, 32_000), "127.0.0.1", () => resolve(true));
  });
  if (!isFree) return freePort();
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
