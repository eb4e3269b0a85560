// Bundles the page into dist/page: what the browser loads comes from the sandbox alone.
import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeLicenses } from "./licenses.mjs";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const outdir = file("../dist/page");

await mkdir(outdir, { recursive: true });
const { metafile } = await build({
  entryPoints: { page: file("main.tsx") },
  outdir,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  // Their licenses are in a file of their own.
  legalComments: "none",
  metafile: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg"]) await cp(file(name), path.join(outdir, name));
await writeLicenses(metafile, outdir);
