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

function hrefs(html: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
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

/** Removes what belongs to the surrounding sentence: punctuation, or a bracket that was opened before the URL. */
function withoutPunctuation(url: string): string {
  const last = url.at(-1) ?? "";
  const opening = { ")": "(", "]": "[", "}": "{" }[last];
  const isOutside =
    opening === undefined ? /[.,;:!?'*_]/.test(last) : url.split(last).length > url.split(opening).length;
  return isOutside ? withoutPunctuation(url.slice(0, -1)) : url;
}
