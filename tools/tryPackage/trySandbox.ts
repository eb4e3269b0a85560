import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { install } from "./packageManagers";
import { resultOf, type Result, type Tried } from "./results";
import type { SandboxProject } from "./sandboxProjects";
import { assertNoWarning, succeed, withUserBench } from "./shell";
import { assertInstalled, type Tarball } from "./tarball";

/** Installs the sandbox in a blank project, and tries it there. */
export async function trySandbox(project: SandboxProject, tarball: Tarball): Promise<Result[]> {
  const result = await resultOf(project.name, () =>
    withUserBench(project.files, [], async ({ dir, env }) => {
      const output = await install(project.manager, dir, env);
      if (project.manager === "npm") assertNoWarning(output);
      assertInstalled(tarball, path.join(dir, "node_modules/mailmodo-sandbox"));
      const { tries } = project;
      if ("start" in tries) return startAndAsk(tries.start, dir, env);
      const [command = "", ...args] = tries.run;
      const uncolored = { ...env, NO_COLOR: "1" };
      assert.match(await succeed(path.join(dir, "node_modules/.bin", command), args, dir, uncolored), tries.prints);
      if (command === "tsc") await succeed(path.join(dir, "node_modules/.bin/tsc"), [], dir, env);
      return {};
    }),
  );
  return [result];
}

/** As a user: starts it, enrolls an address at the URL that it prints, and looks. */
async function startAndAsk(words: readonly string[], dir: string, env: NodeJS.ProcessEnv): Promise<Tried> {
  const [program = "", ...args] = [...words, "--port", "0"];
  // A group of its own, because npx does not pass a signal on to what it starts.
  const child = spawn(program, args, { cwd: dir, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  try {
    const printed: string[] = [];
    let url: string | undefined;
    child.stderr.on("data", (text: Buffer) => printed.push(text.toString()));
    for await (const line of createInterface(child.stdout)) {
      printed.push(line);
      [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (url !== undefined) break;
    }
    assert.ok(url !== undefined, `It printed no address:\n${printed.join("\n")}`);
    await enroll(url);
    const page = await fetch(url);
    assert.match(await page.text(), /<title>/);
    return {};
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGTERM");
    await closed;
  }
}

async function enroll(url: string): Promise<void> {
  const started = await fetch(`${url}/hooks/start/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5`, {
    method: "POST",
    headers: { mmApiKey: "TESTKEY-0000000-0000000-0000000", "Content-Type": "application/json" },
    body: JSON.stringify({ email: "qa@seeds.example.com" }),
  });
  const { ref } = (await started.json()) as { ref: string };
  const instances = (await (await fetch(`${url}/_sandbox/instances`)).json()) as Record<string, unknown>[];
  assert.deepEqual(
    instances.map(({ instanceId, email, status }) => ({ instanceId, email, status })),
    [{ instanceId: ref, email: "qa@seeds.example.com", status: "running" }],
  );
}
