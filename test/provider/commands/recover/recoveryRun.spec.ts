import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { recover } from "../../../../provider/commands/recover/recover";
import { TYPES } from "../../../../provider/model/stateFormat";
import { Cli } from "../../../../provider/pulumi/cli";
import { settings } from "../../../support/configure";
import { journeyId } from "../../../support/journeyId";
import { lockFile, modelBackends, useModelBackend } from "../../../support/modelBackend";
import { useModelCli } from "../../../support/modelCli";
import { useSandbox } from "../../../support/sandbox";

const inputs = { journeyId, email: "ada@seeds.example.com", abortReason: "over", allowDuplicateEmail: false };
const create = {
  type: "creating",
  resource: { urn: "urn:pulumi:test::seeds::x::ada", type: TYPES.enrollment, inputs },
};

describe("a recover, when a run begins elsewhere", () => {
  const sandbox = useSandbox();
  const url = useModelBackend();
  useModelCli();
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "recover-"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: seeds\nruntime: nodejs\n");
    const backend = modelBackends.get(url())!;
    const values = settings(sandbox().url, { "mailmodo:lateStartSeconds": "0" });
    backend.config = JSON.stringify(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    );
    const deployment = { manifest: { time: "1" }, resources: [], pending_operations: [create] };
    backend.states.set("test", JSON.stringify({ version: 3, deployment }));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Locks the stack, as a run on another machine does, once the CLI has been asked so often for something. */
  function lockAfter(command: string, times: number): void {
    const run = Object.getOwnPropertyDescriptor(Cli.prototype, "run")!.value as Cli["run"];
    let asked = 0;
    Object.assign(Cli.prototype, {
      async run(this: Cli, ...args: Parameters<typeof run>) {
        const result = await run.apply(this, args);
        if (args[0].slice(0, 2).join(" ") === command && ++asked === times) {
          const file = lockFile(url(), "test");
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(file, "ann@runner-7 (pid 7) at 2026-11-24T12:00:00Z");
        }
        return result;
      },
    });
  }
  const recovering = () =>
    recover({
      stack: "test",
      cwd: folder,
      env: { PULUMI_BACKEND_URL: url(), PULUMI_HOME: folder },
      log: () => undefined,
    });
  const requests = () => sandbox().store.requests().length;

  it("settles the pending operation where none does", async () => {
    const { problems, cleared } = await recovering();
    assert.deepEqual([problems, cleared, requests()], [[], 1, 1]);
  });

  it("stops before it aborts anything where the run has the lock by the time that the state is read", async () => {
    lockAfter("stack init", 1);
    await assert.rejects(
      recovering(),
      /^Error: The stack test is locked by ann@runner-7 \(pid 7\), on another machine\./,
    );
    assert.equal(requests(), 0);
  });

  it("holds its aborts back where the run takes the lock later", async () => {
    lockAfter("stack init", 2);
    const { problems, cleared } = await recovering();
    assert.match(
      problems.join(),
      /^Could not abort .*: the stack test is locked by ann@runner-7 \(pid 7\)\. Wait for that run, then recover again\./,
    );
    assert.deepEqual([cleared, requests()], [0, 0]);
  });
});
