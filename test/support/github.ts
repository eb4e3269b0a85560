// A stand-in for GitHub's API: its comments and its list of pull requests, for there is no repository to write to here.
import { json, serve, type Seen, type TestServer } from "./server";

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

export interface GitHub {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** The comments of the pull request 7, oldest first. */
  readonly comments: Comment[];
  /** The numbers of the pull requests that are open. */
  open: number[];
  /** What `open` becomes, one after another, each time that somebody asks for the first page of it. */
  readonly next: number[][];
  /** What every request is answered with, where it is no success. */
  status: number;
  close(): Promise<void>;
}

export const TOKEN = "ghs_TESTTOKEN0000";

/** Starts it for the repository octocat/seeds; it takes no token but {@link TOKEN}. */
export async function startGitHub(): Promise<GitHub> {
  const comments: Comment[] = [];
  const others: Comment[] = [];
  const github = { comments, open: [] as number[], next: [] as number[][], status: 200 };
  const server: TestServer = await serve((response, nth, { method = "", url = "", headers }) => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return json(response, 401, { message: "Bad credentials" });
    if (github.status !== 200) return json(response, github.status, { message: "Server Error" });
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const page = <T>(list: readonly T[]): T[] => {
      const [size, number] = [Number(searchParams.get("per_page") ?? 30), Number(searchParams.get("page") ?? 1)];
      return list.slice(size * (number - 1), size * number);
    };
    const { body = "" } = server.seen[nth - 1] ?? {};
    const sent = () => (JSON.parse(body) as { body: string }).body;
    const [, repository, rest = ""] = /^\/repos\/(octocat\/seeds)\/(.*)$/.exec(pathname) ?? [];
    const id = Number(/^issues\/comments\/(\d+)$/.exec(rest)?.[1]);
    const comment = [...comments, ...others].find((one) => one.id === id);
    const issue = /^issues\/(\d+)\/comments$/.exec(rest)?.[1];
    const list = issue === "7" ? comments : others;
    if (repository !== undefined && method === "GET" && rest === "pulls" && searchParams.get("state") === "open") {
      if (searchParams.get("page") === "1") github.open = github.next.shift() ?? github.open;
      return json(response, 200, page(github.open.map((number) => ({ number }))));
    }
    if (method === "GET" && issue !== undefined) return json(response, 200, page(list));
    if (method === "POST" && issue !== undefined) {
      list.push({ id: 1000 + comments.length + others.length, user: { login: "github-actions[bot]" }, body: sent() });
      return json(response, 201, list.at(-1));
    }
    if (method === "PATCH" && comment !== undefined) {
      comment.body = sent();
      return json(response, 200, comment);
    }
    return json(response, 404, { message: "Not Found" });
  });
  return Object.assign(github, { url: server.url, seen: server.seen, close: () => server.close() });
}
