// Bundles the page into dist/page: what the browser loads comes from the sandbox alone.
import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

await mkdir(file("../dist/page"), { recursive: true });
await build({
  entryPoints: { page: file("main.tsx") },
  outdir: file("../dist/page"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
await cp(file("index.html"), file("../dist/page/index.html"));
