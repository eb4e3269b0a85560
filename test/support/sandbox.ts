import type { AddressInfo } from "node:net";
import { createSandbox, SANDBOX_KEY, type Sandbox, type SandboxOptions } from "../../sandbox/server";

export interface RunningSandbox extends Sandbox {
  readonly url: string;
  /** Posts JSON with the sandbox's key, unless other headers are given. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
}

/** Starts a sandbox on a free port before each test of the suite, and stops it after; the answer gives the current one. */
export function useSandbox(options: SandboxOptions = {}): () => RunningSandbox {
  let running: RunningSandbox;
  beforeEach(async () => {
    const sandbox = createSandbox(options);
    await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
    const url = `http://127.0.0.1:${(sandbox.app.server.address() as AddressInfo).port}`;
    running = { ...sandbox, url, post: (path, body, headers) => post(url + path, body, headers) };
  });
  afterEach(() => running.app.close());
  return () => running;
}

async function post(url: string, body: unknown, headers: Record<string, string> = { mmApiKey: SANDBOX_KEY }) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}
