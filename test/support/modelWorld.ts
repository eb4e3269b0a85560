import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import cohortLifecycle from "../../provider/plugin/cohortLifecycle";
import { inOrder } from "../../provider/model/contacts";
import type { Enrollment } from "../../provider/model/enrollment";
import enrollmentLifecycle from "../../provider/plugin/enrollmentLifecycle";
import { readRuns } from "../../provider/journal/runFile";
import { Sealing } from "../../provider/journal/sealing";
import { openNotes } from "../../provider/journal/unsettledCalls";
import { LOADER, SHARD_LOADER, TYPES } from "../../provider/model/loader";
import { markOf } from "../../provider/model/addresses";
import type { ProcessIdentity } from "../../provider/processes/processIdentity";
import { attemptsOf, entriesOf } from "../../provider/pulumi/recorded";
import { recover } from "../../provider/commands/recover/recover";
import { beginSession } from "../../provider/plugin/session";
import type { Fault } from "../../sandbox/faults";
import { SANDBOX_KEY } from "../../sandbox/server";
import type { Instance } from "../../sandbox/instances";
import { setAll } from "./environment";
import { settings } from "./configure";
import { deadProcess } from "./deadProcess";
import { inputs } from "./enrollmentInputs";
import { modelBackends, type ModelBackend } from "./modelCli";
import { Killed, ModelStack, type CallPlugin, type Declared } from "./modelStack";
import { bury, type Kill, type RunAsProcess } from "./modelProcess";
import type { MovableClock } from "./movableClock";
import type { RunningSandbox } from "./sandbox";

export const STACKS = ["A", "B"] as const;
export const HOMES = [0, 1] as const;
/** What a stack may enroll one by one, and what in a cohort. Both stacks have the same. */
export const SINGLES = ["ada", "bob"] as const;
export const CONTACTS = ["bob", "cyd"] as const;

interface Run {
  readonly stack: (typeof STACKS)[number];
  readonly home: (typeof HOMES)[number];
  readonly kill: Kill | null;
  /** Where it runs, if it is killed: what ran on another machine cannot be proved dead from here. */
  readonly where: "here" | "elsewhere";
}

export type Step =
  | (Run & {
      readonly do: "up";
      readonly singles: readonly string[];
      readonly contacts: readonly string[];
      /** Another one replaces what there is. */
      readonly version: number;
      readonly abortReason: string;
      readonly fault: Fault | null;
    })
  | (Run & { readonly do: "destroy"; readonly fault: Fault | null; readonly isRemoved: boolean })
  | (Run & { readonly do: "recover"; readonly runIsOver: boolean })
  | { readonly do: "state delete"; readonly stack: (typeof STACKS)[number]; readonly index: number };

/**
 * Two stacks of one project with one backend, two homes of Pulumi with their journals, one Mailmodo: what happens to them
 * in a random sequence of steps, and what must be true after each.
 */
export class ModelWorld {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-world-"));
  private readonly backendUrl = `file://${path.join(this.folder, "backend")}`;
  private readonly backend: ModelBackend = { states: new Map(), config: "{}" };
  private readonly stacks: Record<(typeof STACKS)[number], ModelStack>;
  /** What a person took out of a state: instances and, of unconfirmed starts, marks of addresses. Nothing knows of them any more. */
  private readonly forgotten = new Set<string>();

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
    sandbox.store.reset();
    sandbox.faults.clear();
  }

  /** Lives through a sequence, then recovers and destroys all as a patient person does. */
  async live(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.checked(step, () => this.take(step));
    const plain = { kill: null, where: "here", fault: null, isRemoved: false, runIsOver: true } as const;
    const recoverAll = async () => {
      this.clock.tick(LATER_MS);
      const problems: string[] = [];
      for (const stack of STACKS)
        for (const home of HOMES) {
          const step: Step = { do: "recover", stack, home, ...plain };
          await this.checked(step, async () => problems.push(...(await this.take(step))));
        }
      return problems;
    };
    // Notes of stacks that were removed are settled by a recover of one that is there.
    for (const stack of STACKS) this.stacks[stack].make();
    await recoverAll();
    for (const round of [1, 2]) {
      for (const stack of STACKS) {
        const step: Step = { do: "destroy", stack, home: 0, ...plain };
        await this.checked(step, async () => {
          const problems = await this.take(step);
          if (round === 2) assert.deepEqual(problems, [], "a destroy succeeds in the end");
        });
      }
      const problems = await recoverAll();
      if (round === 2) assert.deepEqual(problems, [], "a recover succeeds in the end");
    }
    this.clock.tick(LATER_MS);
    assert.deepEqual(
      this.running().filter((instance) => !this.isForgotten(instance)),
      [],
      "nothing runs at the end",
    );
    assert.deepEqual(this.notes(), [], "no note is left at the end");
  }

  remove(): void {
    modelBackends.delete(this.backendUrl);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes a step. @returns What it could not do. */
  private async take(step: Step): Promise<readonly string[]> {
    const stack = this.stacks[step.stack];
    if (step.do === "state delete") {
      const { resources } = stack.state;
      if (stack.isLocked || resources.length === 0) return [];
      const { urn } = resources[step.index % resources.length]!;
      for (const entry of this.recorded(step.stack).filter((one) => one.urn === urn))
        this.forgotten.add(entry.instanceId ?? markOf(entry));
      stack.forget(urn);
      return [];
    }
    if (step.do !== "up" && !stack.isThere) return [];
    if (step.do !== "recover" && stack.isLocked) return ["the stack is locked"];
    return this.run(step, async (call) => {
      if (step.do === "recover") return this.recover(step, call);
      if (step.fault !== null) this.sandbox.faults.add(step.fault);
      const { host, pid } = deathOf(step);
      const holder = `root@${host} (pid ${pid})`;
      if (step.do === "up") await stack.up(this.program(step), call, holder);
      else await stack.destroy(call, holder);
      if (step.do === "destroy" && step.isRemoved && stack.state.pending_operations.length === 0) stack.remove();
      return [];
    });
  }

  /** Runs something as a process of its own, which may get killed. */
  private async run(run: Run, work: (call: CallPlugin) => Promise<readonly string[]>) {
    const home = path.join(this.folder, `home-${run.home}`);
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
          session.journals.finish();
          return problems;
        } catch (error) {
          if (error instanceof Killed) throw error;
          session.journals.finish();
          return [(error as Error).message];
        }
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return ["killed"];
    } finally {
      // A run that ended by itself was on this machine, as each later one is.
      bury(path.join(home, "mailmodo-journal"), deathOf(run));
      this.sandbox.faults.clear();
    }
  }

  private async recover(
    { stack, runIsOver }: Extract<Step, { do: "recover" }>,
    call: CallPlugin,
  ): Promise<readonly string[]> {
    const options = { stack, cwd: this.folder, env: process.env, runIsOver, log: () => undefined };
    return (await call(() => recover(options))).problems;
  }

  private program({ stack, singles, contacts: all, version, abortReason }: Extract<Step, { do: "up" }>): Declared[] {
    // No program has an address twice; from one to the next, it may move.
    const contacts = all.filter((name) => !singles.includes(name));
    const common = {
      journeyId: inputs.journeyId,
      allowDuplicateEmail: false,
      abortReason,
      stack: `organization/seeds/${stack}`,
    };
    const urn = (type: string, name: string) => `urn:pulumi:${stack}::seeds::${type}::${name}`;
    return [
      ...singles.map((name) => ({
        urn: urn(TYPES.enrollment, name),
        type: TYPES.enrollment,
        inputs: { ...common, email: address(name), data: { version }, __provider: LOADER },
      })),
      ...(contacts.length === 0
        ? []
        : [
            {
              urn: urn(TYPES.shard, "smoke-0"),
              type: TYPES.shard,
              inputs: {
                ...common,
                cohort: "smoke",
                shard: 0,
                shards: 1,
                size: contacts.length,
                contacts: inOrder(contacts.map((name) => [address(name), { version }])),
                __provider: SHARD_LOADER,
              },
            },
          ]),
    ];
  }

  /** Takes a step, and looks at what it did. */
  private async checked(step: Step, take: () => Promise<unknown>): Promise<void> {
    const theirs = STACKS.filter((stack) => stack !== step.stack).flatMap((stack) => this.recorded(stack));
    const before = new Set(this.running().map(({ instanceId }) => instanceId));
    await take();
    const running = this.running();
    const now = new Set(running.map(({ instanceId }) => instanceId));
    const touched = theirs.filter(({ instanceId = "" }) => before.has(instanceId) && !now.has(instanceId));
    assert.deepEqual(touched, [], "nobody else's enrollment is touched");
    assert.deepEqual(
      this.sandbox.store.all().filter(({ doubled }) => doubled),
      [],
      "no address is doubled",
    );
    const known = [...STACKS.flatMap((stack) => [...this.recorded(stack), ...this.begun(stack)]), ...this.notes()];
    const unknown = running.filter(
      (instance) =>
        !this.isForgotten(instance) &&
        !known.some(
          (one) =>
            one.instanceId === instance.instanceId ||
            (one.instanceId === undefined && markOf(one) === markOf(instance)),
        ),
    );
    assert.deepEqual(unknown, [], "nothing runs that no state and no note names");
  }

  private isForgotten(instance: Instance): boolean {
    return this.forgotten.has(instance.instanceId) || this.forgotten.has(markOf(instance));
  }

  private running() {
    return this.sandbox.store.all().filter(({ status }) => status === "running");
  }

  private recorded(stack: (typeof STACKS)[number]) {
    return this.stacks[stack].state.resources.flatMap(entriesOf);
  }

  private begun(stack: (typeof STACKS)[number]): Enrollment[] {
    return this.stacks[stack].state.pending_operations.flatMap(({ type, resource }) =>
      type === "deleting" ? [] : attemptsOf(resource, undefined).flatMap(({ start }) => start ?? []),
    );
  }

  private notes(): Enrollment[] {
    return HOMES.flatMap((home) => readRuns(path.join(this.folder, `home-${home}`, "mailmodo-journal")).runs).flatMap(
      (run) => openNotes(run, new Sealing(SANDBOX_KEY)).opened.map(({ call }) => call),
    );
  }
}

/** No other wait is as long, so that the clock can tell a request's deadline from it. */
export const TIMEOUT_MS = 17_500;
/** Later than anything can take effect. */
const LATER_MS = 120_000;
const ELSEWHERE = { host: "runner-7", boot: "another", machineId: "another", pidNamespace: "another" };
const address = (name: string) => `${name}@seeds.example.com`;

let gone: ProcessIdentity | undefined;

/** Which process a run was, after it. */
function deathOf({ kill, where }: Run): ProcessIdentity {
  gone ??= deadProcess();
  return kill !== null && where === "elsewhere" ? { ...gone, ...ELSEWHERE } : gone;
}
