import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import cohortLifecycle from "../../provider/plugin/cohortLifecycle";
import enrollmentLifecycle from "../../provider/plugin/enrollmentLifecycle";
import { TYPES } from "../../provider/model/stateFormat";
import type { ProcessIdentity } from "../../provider/processes/processIdentity";
import { hasPendingUpdates } from "../../provider/pulumi/deployment";
import { recover } from "../../provider/commands/recover/recover";
import { beginSession } from "../../provider/plugin/session";
import { setAll } from "./environment";
import { settings } from "./configure";
import { deadProcess } from "./deadProcess";
import { journalOf } from "./journalOf";
import { modelBackends, type ModelBackend } from "./modelBackend";
import { ModelInvariants, type ModelStacks } from "./modelInvariants";
import { declaredIn, HOMES, STACKS, type ProcessRun, type Step } from "./modelSteps";
import { Killed, ModelStack, type CallPlugin } from "./modelStack";
import type { RunAsProcess } from "./modelProcess";
import type { MovableClock } from "./movableClock";
import type { RunningSandbox } from "./sandbox";
import { writeAs } from "./writeAs";

/**
 * Two stacks of one project with one backend, two homes of Pulumi with their journals, one Mailmodo: what happens to them
 * in a random sequence of steps.
 */
export class ModelWorld {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-world-"));
  private readonly backendUrl = `file://${path.join(this.folder, "backend")}`;
  private readonly backend: ModelBackend = { states: new Map(), config: "{}" };
  private readonly stacks: ModelStacks;
  private readonly invariants: ModelInvariants;
  /** The stacks whose last run is known by the state alone, until they are recovered. */
  private readonly lost = new Set<string>();

  constructor(
    private readonly sandbox: RunningSandbox,
    private readonly clock: MovableClock,
    private readonly runAsProcess: RunAsProcess,
  ) {
    modelBackends.set(this.backendUrl, this.backend);
    fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), "name: seeds\nruntime: nodejs\n");
    const lifecycles: Record<string, unknown> = {
      [TYPES.enrollment]: enrollmentLifecycle,
      [TYPES.shard]: cohortLifecycle,
    };
    const lifecycleOf = (type: string) => lifecycles[type] as never;
    this.stacks = {
      A: new ModelStack("A", this.backendUrl, lifecycleOf),
      B: new ModelStack("B", this.backendUrl, lifecycleOf),
    };
    this.invariants = new ModelInvariants(
      sandbox,
      this.stacks,
      HOMES.map((home) => this.homeFolder(home)),
    );
    sandbox.store.reset();
    sandbox.faults.clear();
  }

  /** Lives through a sequence, then recovers and destroys all as a patient person does. */
  async live(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.invariants.checked(step, () => this.take(step));
    const plain = {
      kill: null,
      where: "here",
      isMachineLost: false,
      fault: null,
      isRemoved: false,
      runIsOver: true,
    } as const;
    const recoverAll = async (nothingElseRuns: boolean) => {
      this.clock.tick(LATER_MS);
      // A person who asserts it has looked, and aborted what no state records.
      if (nothingElseRuns) this.invariants.abortUnrecorded();
      const problems: string[] = [];
      for (const stack of STACKS)
        for (const home of HOMES) {
          const step: Step = { do: "recover", stack, home, nothingElseRuns, ...plain };
          await this.invariants.checked(step, async () => problems.push(...(await this.take(step))));
        }
      return problems;
    };
    // Notes of stacks that were removed are settled by a recover of one that is there.
    for (const stack of STACKS) this.stacks[stack].make();
    await recoverAll(false);
    for (const round of [1, 2, 3]) {
      for (const stack of STACKS) {
        const step: Step = { do: "destroy", stack, home: 0, ...plain };
        await this.invariants.checked(step, async () => {
          const problems = await this.take(step);
          if (round === 3) assert.deepEqual(problems, [], "a destroy succeeds in the end");
        });
      }
      const problems = await recoverAll(round > 1);
      if (round === 3) assert.deepEqual(problems, [], "a recover succeeds in the end");
    }
    this.clock.tick(LATER_MS);
    this.invariants.checkNothingLeft();
  }

  remove(): void {
    modelBackends.delete(this.backendUrl);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes a step. @returns What it could not do. */
  private async take(step: Step): Promise<readonly string[]> {
    const stack = this.stacks[step.stack];
    if (step.do === "finish") {
      this.invariants.finish(step.stack, step.index);
      return [];
    }
    // Another run drops pending updates: the documents say so.
    if (step.do !== "recover" && this.lost.has(step.stack) && hasPendingUpdates(stack.state)) return ["recover first"];
    if (step.do === "state delete") {
      const { resources } = stack.state;
      if (stack.isLocked || resources.length === 0) return [];
      const { urn } = resources[step.index % resources.length]!;
      this.invariants.forget(step.stack, urn);
      stack.forget(urn);
      return [];
    }
    if (step.do !== "up" && !stack.isThere) return [];
    if (step.do !== "recover" && stack.isLocked) return ["the stack is locked"];
    return this.run(step, async (call) => {
      if (step.do === "recover") {
        const problems = await this.recover(step, call);
        if (problems.length === 0) this.lost.delete(step.stack);
        return problems;
      }
      if (step.fault !== null) this.sandbox.faults.add(step.fault);
      const { host, pid } = deathOf(step);
      const holder = `root@${host} (pid ${pid})`;
      if (step.do === "up") await stack.up(declaredIn(step), call, holder);
      else await stack.destroy(call, holder);
      if (step.do === "destroy" && step.isRemoved && stack.state.pending_operations.length === 0) stack.remove();
      return [];
    });
  }

  /** Runs something as a process of its own, which may get killed. */
  private async run(run: ProcessRun, work: (call: CallPlugin) => Promise<readonly string[]>) {
    const home = this.homeFolder(run.home);
    const hasNotes = this.invariants.hasNotes();
    setAll({ PULUMI_HOME: home, PULUMI_BACKEND_URL: this.backendUrl });
    try {
      return await this.runAsProcess(run.kill, async (call, url) => {
        const values: Record<string, string | undefined> = settings(url, {
          "mailmodo:requestTimeoutSeconds": String(TIMEOUT_MS / 1000),
        });
        const config = Object.entries(values).map(([name, value]) => [name, { value }]);
        this.backend.config = JSON.stringify(Object.fromEntries(config));
        const session = beginSession();
        session.config = { get: (name) => values[name] };
        try {
          const problems = await work(call);
          await session.journals.close();
          return problems;
        } catch (error) {
          if (error instanceof Killed) throw error;
          await session.journals.close();
          return [(error as Error).message];
        }
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      // What else a note names is a limit that the documents name.
      if (run.isMachineLost && error.engineToo && !hasNotes) {
        fs.rmSync(home, { recursive: true, force: true });
        this.lost.add(run.stack);
      }
      return ["killed"];
    } finally {
      // A run that ended by itself was on this machine, as each later one is.
      writeAs(journalOf({ PULUMI_HOME: home }), deathOf(run));
      this.sandbox.faults.clear();
    }
  }

  private async recover(
    { stack, runIsOver, nothingElseRuns = false }: Extract<Step, { do: "recover" }>,
    call: CallPlugin,
  ): Promise<readonly string[]> {
    const options = { stack, cwd: this.folder, env: process.env, runIsOver, nothingElseRuns, log: () => undefined };
    return (await call(() => recover(options))).problems;
  }

  private homeFolder(home: (typeof HOMES)[number]): string {
    return path.join(this.folder, `home-${home}`);
  }
}

/** How long a request waits for its answer. */
const TIMEOUT_MS = 17_500;
/** Later than anything can take effect. */
const LATER_MS = 120_000;
const ELSEWHERE = { host: "runner-7", boot: "another", machineId: "another", pidNamespace: "another" };

let gone: ProcessIdentity | undefined;

/** Which process a run was, after it. */
function deathOf({ kill, where }: ProcessRun): ProcessIdentity {
  gone ??= deadProcess();
  return kill !== null && where === "elsewhere" ? { ...gone, ...ELSEWHERE } : gone;
}
