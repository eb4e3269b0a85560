// A stand-in for the Pulumi engine: its contract with a dynamic provider, in this process, because the real engine takes
// seconds for each step and the fault matrix has thousands. test/engine runs the real one.
import type * as pulumi from "@pulumi/pulumi";

type Lifecycle<Inputs, State> = Required<pulumi.dynamic.ResourceProvider<Inputs, State>>;
type InitError<State> = Error & { id?: string; properties?: State };

/** One stack of one resource. */
export class ModelEngine<Inputs, State> {
  /** What the state holds. */
  recorded: { id: string; outs: State; failedToInitialize: boolean } | undefined;

  constructor(
    private readonly lifecycle: Pick<Lifecycle<Inputs, State>, "check" | "diff" | "create" | "update" | "delete">,
  ) {}

  async up(inputs: Inputs): Promise<void> {
    const { inputs: news, failures } = await this.lifecycle.check(inputs, inputs);
    if (failures?.length) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (news === undefined) throw new Error("check returned no inputs");
    if (this.recorded === undefined) return this.create(news);

    const { id, outs, failedToInitialize } = this.recorded;
    const { changes, replaces } = await this.lifecycle.diff(id, outs, news);
    if (replaces?.length) {
      await this.destroy();
      return this.create(news);
    }
    if (!changes && !failedToInitialize) return;
    try {
      const updated = await this.lifecycle.update(id, outs, news);
      this.recorded = { id, outs: updated.outs as State, failedToInitialize: false };
    } catch (error) {
      this.recordIfPartial(error as InitError<State>);
      throw error;
    }
  }

  async destroy(): Promise<void> {
    if (this.recorded === undefined) return;
    await this.lifecycle.delete(this.recorded.id, this.recorded.outs);
    this.recorded = undefined;
  }

  private async create(inputs: Inputs): Promise<void> {
    try {
      const { id, outs } = await this.lifecycle.create(inputs);
      this.recorded = { id, outs: outs as State, failedToInitialize: false };
    } catch (error) {
      this.recordIfPartial(error as InitError<State>);
      throw error;
    }
  }

  /** An error with an id is a resource that failed to initialize: it is recorded with the error's properties. */
  private recordIfPartial({ id, properties }: InitError<State>): void {
    if (id !== undefined && properties !== undefined)
      this.recorded = { id, outs: properties, failedToInitialize: true };
  }
}
