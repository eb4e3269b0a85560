import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import * as fs from "node:fs";
import * as path from "node:path";

/** Beside this file once it is built. Where the sandbox runs from its sources, below `dist`. */
const BUILT = ["../page", "../dist/page"].map((folder) => path.join(__dirname, folder));

/** `/` and its files: the page to watch the sandbox with. */
export function pageRoutes(app: FastifyInstance): void {
  const root = BUILT.find((folder) => fs.existsSync(path.join(folder, "page.js")));
  if (root === undefined) {
    app.get("/", (_request, reply) =>
      reply.code(404).type("text/plain").send("The page was not built. Build it: npm run build --workspace sandbox\n"),
    );
    return;
  }
  void app.register(fastifyStatic, {
    root,
    // Only the files that are there have routes, so that every other path is answered as the vendor does.
    wildcard: false,
    // The names of the files stay the same from version to version, so each load asks whether they changed.
    cacheControl: false,
    setHeaders: (reply) => void reply.header("Cache-Control", "no-cache"),
  });
}
