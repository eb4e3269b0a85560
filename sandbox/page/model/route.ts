export type View = "enrollments" | "contacts" | "requests" | "controls";

/** What the address bar says: a view, one item of it, and its filters. */
export interface Route {
  readonly view: View;
  /** The instance id of one enrollment, or the number of one request. */
  readonly id?: string;
  readonly query: Readonly<Record<string, string>>;
}

const VIEWS: readonly string[] = ["enrollments", "contacts", "requests", "controls"] satisfies View[];

/** Reads a hash such as `#/enrollments?state=running`. Whatever it does not know is the list of enrollments. */
export function routeOf(hash: string): Route {
  const [path = "", search = ""] = splitOnce(hash.replace(/^#?\/?/, ""), "?");
  const [view = "", id] = splitOnce(path, "/");
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ""));
  if (!VIEWS.includes(view)) return { view: "enrollments", query };
  const named = id === undefined ? "" : decoded(id);
  return { view: view as View, query, ...(named === "" ? {} : { id: named }) };
}

/** The hash of a route. Empty filters are left out. */
export function hashOf({ view, id, query }: Route): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return `#/${view}${id === undefined ? "" : `/${encodeURIComponent(id)}`}${search === "" ? "" : `?${search}`}`;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
