// A stand-in for the Pulumi engine with its stacks, because the real one takes seconds for each run, and the fault
// matrices and the random sequences have thousands of runs. test/engine runs the real one.
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "../../provider/pulumi/deployment";
import type { StateResource } from "../../provider/pulumi/stateResource";
import { lockFile, modelBackends } from "./modelBackend";

type Provider = Required<pulumi.dynamic.ResourceProvider>;
type Lifecycle = Pick<Provider, "check" | "diff" | "create" | "update" | "delete">;

/** A resource as the state has it. */
export interface ModelResource extends StateResource {
  readonly id: string;
  readonly outputs: Record<string, unknown>;
  readonly initErrors?: readonly string[];
  /** Set on the old half of a replacement that is created before it is deleted, which is at the end of a run. */
  readonly delete?: boolean;
}

/** A resource as the program has it. */
export interface Declared {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  /** The URNs of those that must be deleted after it. Default: none. */
  readonly dependencies?: readonly string[];
}

/** The process of a run is gone, and with it what it was about to do. */
export class Killed extends Error {
  /** @param engineToo Whether the engine died with its plugin, and so left its lock and the operation it had begun. */
  constructor(readonly engineToo: boolean) {
    super("killed");
  }
}

/** Makes one call of a lifecycle. @throws {Killed} The plugin died in it. */
export type CallPlugin = <T>(call: () => Promise<T>) => Promise<T>;

interface State extends Deployment {
  readonly manifest: { readonly time: string };
  readonly resources: readonly ModelResource[];
  readonly pending_operations: readonly { readonly type: string; readonly resource: StateResource }[];
}

/** One stack of a backend. It calls the plugin and writes the state in the order of the real engine. */
export class ModelStack {
  private readonly states: Map<string, string>;
  private readonly lockFile: string;
  private writes = 0;

  constructor(
    readonly name: string,
    backendUrl: string,
    private readonly lifecycleOf: (type: string) => Lifecycle,
  ) {
    this.states = modelBackends.get(backendUrl)!.states;
    this.lockFile = lockFile(backendUrl, name);
  }

  get isThere(): boolean {
    return this.states.has(this.name);
  }

  get isLocked(): boolean {
    return fs.existsSync(this.lockFile);
  }

  get state(): State {
    const text = this.states.get(this.name);
    if (text === undefined) return { manifest: { time: "" }, resources: [], pending_operations: [] };
    return (JSON.parse(text) as { deployment: State }).deployment;
  }

  make(): void {
    if (!this.isThere) this.write({});
  }

  remove(): void {
    this.states.delete(this.name);
  }

  forget(urn: string): void {
    this.write({ resources: this.state.resources.filter((one) => one.urn !== urn) });
  }

  /** @param holder Who holds the lock while the run lasts, as the CLI shows it. */
  async up(program: readonly Declared[], call: CallPlugin, holder: string): Promise<void> {
    await this.run(holder, async () => {
      for (const declared of program) await this.reconcile(declared, call);
      const kept = new Set(program.map(({ urn }) => urn));
      await this.deleteAll(
        this.state.resources.filter((one) => one.delete === true || !kept.has(one.urn)),
        call,
      );
    });
  }

  async destroy(call: CallPlugin, holder: string): Promise<void> {
    await this.run(holder, async () => {
      await this.deleteAll([...this.state.resources].reverse(), call);
    });
  }

  private async run(holder: string, work: () => Promise<void>): Promise<void> {
    // Of what killed runs had begun, the engine keeps creations alone.
    this.write({ pending_operations: this.state.pending_operations.filter(({ type }) => type === "creating") });
    fs.mkdirSync(path.dirname(this.lockFile), { recursive: true });
    fs.writeFileSync(this.lockFile, `${holder} at ${new Date().toISOString()}`);
    try {
      await work();
    } catch (error) {
      if (error instanceof Killed && error.engineToo) throw error;
      fs.rmSync(this.lockFile);
      throw error;
    }
    fs.rmSync(this.lockFile);
  }

  private async reconcile({ urn, type, inputs, dependencies = [] }: Declared, call: CallPlugin): Promise<void> {
    const lifecycle = this.lifecycleOf(type);
    const old = this.state.resources.find((one) => one.urn === urn && one.delete !== true);
    const checked = await call(() => lifecycle.check(old?.inputs ?? {}, inputs));
    if (checked.failures?.length) throw new Error(checked.failures.map(({ reason }) => reason).join("\n"));
    const news = checked.inputs as Record<string, unknown>;
    const resource = { urn, type, id: "", inputs: news, outputs: {}, dependencies };
    const create = async () => {
      const created = await call(() => lifecycle.create(news));
      return { ...resource, id: created.id, outputs: created.outs as Record<string, unknown> };
    };
    if (old === undefined || old.pendingReplacement === true) return this.step("creating", resource, create);

    const diff = await call(() => lifecycle.diff(old.id, old.outputs, news));
    if (diff.replaces?.length) {
      if (diff.deleteBeforeReplace === true) await this.delete(old, call, true);
      else
        this.write({
          resources: this.state.resources.map((one) => (isSame(one, old) ? { ...one, delete: true } : one)),
        });
      return this.step("creating", resource, create);
    }
    if (!diff.changes && old.initErrors === undefined) return;
    await this.step("updating", { ...resource, id: old.id }, async () => {
      const updated = await call(() => lifecycle.update(old.id, old.outputs, news));
      return { ...resource, id: old.id, outputs: updated.outs as Record<string, unknown> };
    });
  }

  /** One that fails keeps the engine from those that it depends on, and from no others. */
  private async deleteAll(resources: readonly ModelResource[], call: CallPlugin): Promise<void> {
    const errors: unknown[] = [];
    const needed = new Set<string>();
    for (const resource of resources) {
      if (needed.has(resource.urn)) continue;
      await this.delete(resource, call).catch((error: unknown) => {
        if (error instanceof Killed) throw error;
        for (const urn of resource.dependencies ?? []) needed.add(urn);
        errors.push(error);
      });
    }
    if (errors.length > 0) throw errors[0];
  }

  private async delete(old: ModelResource, call: CallPlugin, isReplaced = false): Promise<void> {
    if (old.pendingReplacement === true) return this.forget(old.urn);
    await this.step("deleting", old, async () => {
      await call(() => this.lifecycleOf(old.type).delete(old.id, old.outputs));
      return isReplaced ? { ...old, pendingReplacement: true } : undefined;
    });
  }

  /** Records that an operation begins, does it, and records what came of it: the new resource, or none. */
  private async step(type: string, resource: ModelResource, work: () => Promise<ModelResource | undefined>) {
    const { pending_operations: pending } = this.state;
    this.write({ pending_operations: [...pending, { type, resource }] });
    const record = (one: ModelResource | undefined) => {
      const others = this.state.resources.filter((other) => !isSame(other, resource));
      this.write({ resources: one === undefined ? others : [...others, one], pending_operations: pending });
    };
    try {
      record(await work());
    } catch (error) {
      if (error instanceof Killed && error.engineToo) throw error;
      const { id, properties } = error as { id?: string; properties?: Record<string, unknown> };
      if (id === undefined || properties === undefined) this.write({ pending_operations: pending });
      else record({ ...resource, id, outputs: properties, initErrors: [(error as Error).message] });
      throw error;
    }
  }

  private write(change: Partial<State>): void {
    const deployment: State = { ...this.state, ...change, manifest: { time: this.nextTime() } };
    this.states.set(this.name, JSON.stringify({ version: 3, deployment }));
  }

  /** Later with each write: it shows recover whether the state has changed. */
  private nextTime(): string {
    this.writes += 1;
    return new Date(Date.now()).toISOString().replace(/\d{3}Z$/, `${String(this.writes).padStart(6, "0")}Z`);
  }
}

/** Whether two are the same half of the same resource. */
function isSame(one: StateResource & { delete?: boolean }, other: StateResource & { delete?: boolean }): boolean {
  return one.urn === other.urn && one.delete === other.delete;
}
