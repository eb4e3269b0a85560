import assert from "node:assert/strict";
import * as path from "node:path";
import manifest from "../package.json";
import { createSandbox, listen, SANDBOX_KEY } from "../sandbox/server";
import { createWorkbench, run, type Workbench } from "./workbench";

const provider = path.resolve(__dirname, "../provider");

/** Packs the provider as it would be published, installs it in a blank project, and runs an up and a destroy there. */
async function tryPackage(): Promise<void> {
  const sandbox = createSandbox();
  const url = await listen(sandbox);
  const bench = await createWorkbench(blankProject(url), { packages: [] });
  bench.env["MAILMODO_API_KEY"] = SANDBOX_KEY;
  try {
    const packed = await succeed("npm", ["pack", "--json", "--pack-destination", bench.dir], provider, bench);
    const [tarball] = JSON.parse(packed.slice(packed.indexOf("["))) as {
      filename: string;
      files: { path: string }[];
    }[];
    assert.ok(tarball !== undefined);
    const stray = tarball.files.filter(
      ({ path }) => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(path),
    );
    assert.deepEqual(stray, [], "only the build, the manifest, the README and the licence are published");
    const packages = [`./${tarball.filename}`, ...["@pulumi/pulumi", "typescript"].map(pinned)];
    await succeed("npm", ["install", "--silent", "--no-save", ...packages], bench.dir, bench);

    // The types as a user's compiler sees them.
    await succeed(path.join(bench.dir, "node_modules/.bin/tsc"), ["--project", "."], bench.dir, bench);
    for (const args of [
      ["stack", "init", "dev"],
      ["up", "--yes", "--skip-preview"],
      ["destroy", "--yes", "--skip-preview"],
    ]) {
      const { code, output } = await bench.pulumi(...args);
      assert.equal(code, 0, output);
    }
    const [instance, ...others] = sandbox.store.all();
    assert.deepEqual([instance?.status, others.length], ["aborted", 0]);
    console.log(`${tarball.filename} works in a blank project: one start, one abort.`);
  } finally {
    bench.dispose();
    await sandbox.app.close();
  }
}

/** A package at the version that this repository uses. */
function pinned(name: string): string {
  return `${name}@${manifest.devDependencies[name as keyof typeof manifest.devDependencies]}`;
}

function blankProject(url: string): Record<string, string> {
  return {
    "Pulumi.yaml": "name: blank\nruntime: nodejs\n",
    "Pulumi.dev.yaml": `config:
  mailmodo:baseUrl: ${url}
  mailmodo:allowedRecipients: ["*@seeds.example.com"]
`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, types: [], module: "nodenext" },
      include: ["index.ts", "inbox.ts"],
    }),
    "package.json": JSON.stringify({ name: "blank", private: true }),
    "inbox.ts": `import { SeedInbox, type SeedMail } from "pulumi-mailmodo/inbox";

export async function welcome(to: string, since: Date): Promise<SeedMail> {
  return new SeedInbox({ bucket: "seeds-inbox" }).waitForMail({ to, since, subject: /^Welcome/, timeoutMs: 30_000 });
}
`,
    "index.ts": `import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

const qa = new JourneyEnrollment("qa", {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: stackAddress("qa@seeds.example.com"),
  data: { firstName: "Ada", seats: 3, trial: true },
});
export const instance = qa.instanceId;
`,
  };
}

async function succeed(program: string, args: string[], cwd: string, bench: Workbench): Promise<string> {
  const { code, stdout, output } = await run(program, args, cwd, bench.env);
  assert.equal(code, 0, `${program} ${args.join(" ")}:\n${output}`);
  return stdout;
}

tryPackage().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
