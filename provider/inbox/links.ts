import { Parser } from "htmlparser2";

/** Whom nobody follows by a click: a style sheet, and what relative links begin with. */
const NOT_FOLLOWED = new Set(["link", "base"]);

/**
 * The http and https links of a mail, each once: those of the HTML in their order, entities decoded, then those that only
 * the text has.
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
  return [...text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)].map(([url]) => withoutSentence(url));
}

/** A URL without what belongs to the sentence around it: a full stop, or a bracket that was opened before it. */
function withoutSentence(url: string): string {
  const last = url.at(-1) ?? "";
  const opening = { ")": "(", "]": "[", "}": "{" }[last];
  const isOutside =
    opening === undefined ? /[.,;:!?'*_]/.test(last) : url.split(last).length > url.split(opening).length;
  return isOutside ? withoutSentence(url.slice(0, -1)) : url;
}
