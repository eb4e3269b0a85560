/** What answered in another form than Mailmodo's: a firewall, a proxy, a gateway, or the server of a wrong URL. */
export interface Stranger {
  /** Whether the answer is JSON or empty. Then it may still be Mailmodo's, whose contract is not complete. */
  readonly isJson: boolean;
  /** Whether the answer is a web page. */
  readonly isPage: boolean;
  /** What is known of the answer, as the beginning of a sentence. */
  readonly problem: string;
  /** What it said: the title of a page, or its text. */
  readonly words: string;
}

/**
 * Finds out what answered. Undefined if the answer is in the form of Mailmodo's API.
 *
 * @param answer The text as a JSON object. Undefined if it is not one.
 * @param isOwn Whether it is in the form of the call's answers.
 */
export function strangerIn(
  status: number,
  text: string,
  answer: Record<string, unknown> | undefined,
  isOwn: (answer: Record<string, unknown>) => boolean,
): Stranger | undefined {
  if (answer !== undefined) return isOwn(answer) ? undefined : otherForm(status, wordsOf(answer));
  const start = text.slice(0, PAGE_HEAD).trim();
  if (start === "") return otherForm(status, "");
  if (text.length > MAX_JSON) {
    if (/^[[{"]/.test(start)) return otherForm(status, "");
  } else {
    const value = parsed(text);
    if (value !== undefined) return otherForm(status, typeof value === "string" ? value : written(value));
  }
  const of = { isJson: false, isPage: start.startsWith("<") };
  if (!of.isPage) return { ...of, problem: `something other than Mailmodo answered (${status})`, words: start };
  const [, title = ""] = /<title[^<>]*>([^<]*)</i.exec(start) ?? [];
  return { ...of, problem: `a web page answered (${status})`, words: title.trim() };
}

/** What is longer is not parsed once more to tell what it is. */
const MAX_JSON = 65_536;
/** How much of a page is searched for its title. */
const PAGE_HEAD = 4096;

/** A server that knows the request under another URL. */
export function redirect(status: number): Stranger {
  return { isJson: false, isPage: false, problem: `the answer (${status}) was a redirect`, words: "" };
}

/** What answered, and what it said. */
export function saying({ problem, words }: Stranger): string {
  return `${problem}${words && `: "${words}"`}`;
}

function otherForm(status: number, words: string): Stranger {
  return {
    isJson: true,
    isPage: false,
    problem: `the answer (${status}) was not in the form of Mailmodo's API`,
    words,
  };
}

/** The text of an answer, where most servers have it. Otherwise all of it, without the escapes of JSON. */
function wordsOf(answer: Record<string, unknown>): string {
  const words = ["message", "error"].map((name) => answer[name]).find((value) => typeof value === "string" && value);
  return typeof words === "string" ? words : written(answer);
}

/** A value as JSON. Nothing where lists and objects are nested so deeply that the stack does not suffice. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}

/** The text as JSON. Undefined if it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
