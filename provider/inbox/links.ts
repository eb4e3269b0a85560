import { Parser } from "htmlparser2";

/** Elements whose `href` nobody follows by a click: a style sheet, and the base of relative links. */
const NOT_FOLLOWED = new Set(["link", "base"]);

/**
 * The http and https links of a message, each once: those of the HTML in their order, with entities decoded, then those
 * that occur only in the text.
 */
export function linksOf({ html, text }: { html: string; text: string }): string[] {
  return [...new Set([...hrefs(html), ...urls(text)])];
}

/**
 * Keeps no list of the open elements. The parser's own looks through the whole list at each closing tag, which takes
 * minutes in a message that opens 100,000.
 */
class TagParser extends Parser {
  protected override isVoidElement(): boolean {
    return true;
  }
}

function hrefs(html: string): string[] {
  const found: string[] = [];
  const parser = new TagParser({
    onopentag(name, { href }) {
      const link = href?.trim() ?? "";
      if (/^https?:\/\//i.test(link) && !NOT_FOLLOWED.has(name)) found.push(link);
    },
  });
  parser.end(html);
  return found;
}

function urls(text: string): string[] {
  return [...text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)].map(([url]) => withoutPunctuation(url));
}

const OPENING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Removes what belongs to the surrounding sentence: punctuation, or a bracket that was opened before the URL. */
function withoutPunctuation(url: string): string {
  const counts = new Map<string, number>();
  const add = (character: string, more: number) => counts.set(character, (counts.get(character) ?? 0) + more);
  for (const character of url) add(character, 1);
  let { length } = url;
  for (; length > 0; length -= 1) {
    const last = url[length - 1]!;
    const opening = OPENING[last];
    const isOutside =
      opening === undefined ? ".,;:!?'*_".includes(last) : (counts.get(last) ?? 0) > (counts.get(opening) ?? 0);
    if (!isOutside) break;
    add(last, -1);
  }
  return url.slice(0, length);
}
