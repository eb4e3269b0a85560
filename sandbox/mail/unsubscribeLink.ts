import type { Step } from "./journeys";

/** The path of the link, without the id of the instance at its end. */
export const UNSUBSCRIBE_PATH = "/unsubscribe/";

/** The bodies of a message with the link at their end. */
export function withLink({ text, html }: Pick<Step, "text" | "html">, url: string): Pick<Step, "text" | "html"> {
  return {
    ...(text === undefined ? {} : { text: `${text}\n\nUnsubscribe: ${url}` }),
    ...(html === undefined ? {} : { html: withFooter(html, `<div><a href="${url}">Unsubscribe</a></div>`) }),
  };
}

function withFooter(html: string, footer: string): string {
  const end = html.toLowerCase().lastIndexOf("</body>");
  return end < 0 ? html + footer : html.slice(0, end) + footer + html.slice(end);
}
