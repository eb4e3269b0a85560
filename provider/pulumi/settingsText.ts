import * as fs from "node:fs";
import * as path from "node:path";
import { isMap, isScalar, parseAllDocuments, type YAMLMap } from "yaml";

/** A project's or stack's file cannot be parsed, or has no fields. */
export class UnreadableFields extends Error {}

/** Reads the fields of a project's or stack's file as the CLI does. @throws {UnreadableFields} As {@link parseFields}. */
export function readFields(file: string): Record<string, unknown> {
  return parseFields(readText(file), path.basename(file));
}

/** The text of a file that is UTF-8 or begins with a byte order mark, without the mark. The CLI reads UTF-16 too. */
export function readText(file: string): string {
  const bytes = fs.readFileSync(file);
  const mark = bytes.subarray(0, 2).toString("hex");
  return new TextDecoder(mark === "fffe" ? "utf-16le" : mark === "feff" ? "utf-16be" : "utf-8").decode(bytes);
}

/**
 * Parses the fields of a YAML text, or of a JSON text if the file's name says so. Without any content there are none.
 *
 * @param file Its name, also for the error.
 * @throws {UnreadableFields} It cannot be parsed, or is not an object. The message is one line.
 */
export function parseFields(text: string, file: string): Record<string, unknown> {
  let fields: unknown;
  try {
    fields = (isJson(file) ? JSON.parse(text) : firstDocument(text)?.toJS()) ?? {};
  } catch (error) {
    // The words about JSON repeat a part of the text, which may be a secret.
    const why = isJson(file) ? "it is not valid JSON." : (error as Error).message.split("\n")[0];
    throw new UnreadableFields(`Could not read ${file}: ${why}`, { cause: error });
  }
  if (typeof fields === "object" && !Array.isArray(fields)) return fields as Record<string, unknown>;
  throw new UnreadableFields(`Could not read ${file}: it has no fields.`);
}

export function isJson(file: string): boolean {
  return file.endsWith(".json");
}

/**
 * A YAML text with more fields at its beginning, or in place of those that it has without a value. The rest of the text
 * stays as it is: rewritten values could mean something else to the CLI's parser.
 */
export function withYamlFields(text: string, more: Readonly<Record<string, string>>): string {
  const added = Object.entries(more).map(([key, value]): [string, string] => [key, `${key}: ${JSON.stringify(value)}`]);
  const root = firstDocument(text)?.contents;
  if (added.length === 0) return text;
  if (!isMap(root)) return added.map(([, line]) => `${line}\n`).join("");
  const placed = added.map(([key, line]) => ({ line, place: placeOf(text, root, key) }));
  const news = placed.flatMap(({ line, place }) => (place === undefined ? [line] : []));
  const replaced = placed.flatMap(({ line, place }) => (place === undefined ? [] : [{ ...place, line }]));
  return [beginning(text, root, news), ...replaced]
    .sort((one, other) => other.from - one.from)
    .reduce((all, { from, to, line }) => all.slice(0, from) + line + all.slice(to), text);
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where the new fields of a mapping go: inside its braces, or on lines of their own above its first one. */
function beginning(text: string, root: YAMLMap, lines: readonly string[]): Place & { line: string } {
  const start = root.range![0];
  if (root.flow === true) return { from: start + 1, to: start + 1, line: lines.map((line) => `${line}, `).join("") };
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const [indent = ""] = /^\s*/.exec(text.slice(from, start)) ?? [];
  return { from, to: from, line: lines.map((line) => `${indent}${line}\n`).join("") };
}

/** Where a mapping has a field. */
function placeOf(text: string, { items }: YAMLMap, name: string): Place | undefined {
  const pair = items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair === undefined) return undefined;
  const [from, end] = (pair.key as { range: [number, number, number] }).range;
  const to = (pair.value as { range?: [number, number, number] } | null)?.range?.[1] ?? end;
  return { from, to: from + text.slice(from, to).trimEnd().length };
}

/**
 * The CLI reads nothing after the first document. Its parser ends a line where YAML 1.1 does, and takes what is unambiguous,
 * such as a comment right after a quote.
 */
function firstDocument(text: string) {
  const lines = text.replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, "\n");
  const [document] = [...parseAllDocuments(lines, { merge: true, strict: false })];
  if (document?.errors[0] !== undefined) throw document.errors[0];
  return document;
}
