// Bundles the page into dist/page: what the browser loads comes from the sandbox alone.
import { build } from "esbuild";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

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
await writeFile(path.join(outdir, "licenses.txt"), await licenses(Object.keys(metafile.inputs)));

/** The notices of the packages whose code is in the bundle, which their licenses ask for. */
async function licenses(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.resolve(input).replaceAll("\\", "/")) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const notices = [];
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const license = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (license === undefined) throw new Error(`${name} has no license file, and its code is in the page.`);
    notices.push(`${name} ${version}\n\n${await readFile(path.join(folder, license), "utf8")}`);
  }
  return notices.join(`\n${"-".repeat(80)}\n\n`);
}
