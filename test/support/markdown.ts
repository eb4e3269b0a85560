import * as fs from "node:fs";
import * as path from "node:path";

const repository = path.join(__dirname, "../..");
/** Not written by hand, or not part of the repository. */
const SKIPPED = /^(node_modules|dist|api|\..*)$/;

export interface Page {
  /** The path from the repository's root, with slashes. */
  readonly name: string;
  readonly text: string;
  /** The text without its blocks of code. */
  readonly prose: string;
}

/** A block of code, without its fences. */
export interface Block {
  readonly page: string;
  /** What follows the opening fence, such as `ts`. */
  readonly language: string;
  readonly code: string;
}

export interface Link {
  readonly target: string;
  /** The file that it leads to; the page itself for an anchor alone. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** @param name The path from the repository's root. */
export function readPage(name: string): Page {
  const text = fs.readFileSync(path.join(repository, name), "utf8");
  return { name, text, prose: text.replace(BLOCK, "") };
}

/** Every page of the repository. */
export function allPages(folder = ""): Page[] {
  return fs.readdirSync(path.join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (SKIPPED.test(entry.name)) return [];
    if (entry.isDirectory()) return allPages(name);
    return entry.name.endsWith(".md") ? [readPage(name)] : [];
  });
}

const BLOCK = /^( *)```(\w*)\n(.*?)^ *```$/gms;

export function blocks({ name, text }: Page): Block[] {
  return [...text.matchAll(BLOCK)].map(([, indent = "", language = "", code = ""]) => {
    return { page: name, language, code: code.replaceAll(new RegExp(`^${indent}`, "gm"), "") };
  });
}

/** The rows of all tables, without their heads, by cell. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const isRule = (line: string | undefined) => /^\|[\s:|-]+\|$/.test(line ?? "");
  const rows = lines.filter((line, index) => !isRule(line) && !isRule(lines[index + 1]));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** What stands between backticks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The links of a page within the repository, of images too. */
export function relativeLinks({ name, prose }: Page): Link[] {
  const targets = [...prose.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", anchor] = target.split("#");
      return { target, file: file === "" ? name : path.posix.join(path.posix.dirname(name), file), anchor };
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}

/** The paragraphs, lists and tables of a page, in order. */
export function paragraphs({ prose }: Page): string[] {
  return prose
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter(Boolean);
}
