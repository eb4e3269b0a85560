// Bundles the command into one file: reading some hundred of them would be half of its start.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { writeLicenses } from "./page/licenses.mjs";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const { metafile } = await build({
  entryPoints: [file("dist/main.js")],
  // In a folder of its own, so that what lies beside the other folders is found from it, too.
  outfile: file("dist/command/command.js"),
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  minifySyntax: true,
  // Their licenses are in a file of their own.
  legalComments: "none",
  metafile: true,
  // What is loaded only if it is needed stays where it is. The package itself is named to find its own files.
  external: ["@aws-sdk/client-s3", "@fastify/swagger", "mailmodo-sandbox", "nodemailer", "open"],
  logLevel: "warning",
});
await writeLicenses(metafile, file("dist/command"));
