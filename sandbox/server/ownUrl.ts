import type { FastifyInstance } from "fastify";

/** Where the app can be reached from this machine. While it does not listen, it is a URL without a port. */
export function ownUrl(app: FastifyInstance): string {
  if (!app.server.listening) return "http://localhost";
  // These are all addresses of the machine, and none of them is one that a browser opens.
  return app.listeningOrigin.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:)/, "//localhost");
}
