import {
  createSandbox,
  type Instance,
  type LoggedRequest,
  type Sandbox,
  SANDBOX_KEY,
  type SandboxOptions,
} from "mailmodo-sandbox";

export interface RunningSandbox extends Sandbox {
  readonly url: string;
  /** All instances, once the late effects that are due have happened. */
  instances(): Instance[];
  /** The addresses that a journey runs for. */
  running(): string[];
  runningInstances(): Instance[];
  /** The requests to start or abort a journey. */
  journeyRequests(): LoggedRequest[];
  /** Posts JSON with the sandbox's key, unless other headers are given. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
}

/** When a suite makes what it uses: again for each test, or once for all of them. */
export type Each = "test" | "suite";

/** Starts a sandbox on a free port, and stops it after; the answer gives the current one. */
export function useSandbox(options: SandboxOptions = {}, each: Each = "test"): () => RunningSandbox {
  let running: RunningSandbox | undefined;
  (each === "test" ? beforeEach : before)(async () => {
    running = await startSandbox(options);
  });
  (each === "test" ? afterEach : after)(async () => {
    await running?.app.close();
    running = undefined;
  });
  return () => running!;
}

/** Starts a sandbox on a free port; the caller closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = createSandbox(options);
  const url = await sandbox.listen();
  const instances = () => [...sandbox.instances()];
  const runningInstances = () => instances().filter(({ status }) => status === "running");
  const running = () => runningInstances().map(({ email }) => email);
  return {
    ...sandbox,
    url,
    instances,
    running,
    runningInstances,
    journeyRequests: () => sandbox.requests().filter(({ path }) => path.startsWith("/hooks/")),
    post: (path, body, headers) => post(url + path, body, headers),
  };
}

async function post(url: string, body: unknown, headers: Record<string, string> = { mmApiKey: SANDBOX_KEY }) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
