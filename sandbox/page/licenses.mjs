import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes `licenses.txt` beside a bundle. */
export async function writeLicenses({ inputs }, folder) {
  await writeFile(path.join(folder, "licenses.txt"), await licensesOf(Object.keys(inputs)));
}

/** The notices of the packages whose code is in the bundle, which their licenses ask for. */
async function licensesOf(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.resolve(input).replaceAll("\\", "/")) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const notices = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license: id } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const license = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (license === undefined && id === undefined) throw new Error(`${name} names no license, and is in a bundle.`);
    const text = license === undefined ? `License: ${id}\n` : await readFile(path.join(folder, license), "utf8");
    notices.push(`${name} ${version}\n\n${text}`);
  }
  return notices.join(`\n${"-".repeat(80)}\n\n`);
}
