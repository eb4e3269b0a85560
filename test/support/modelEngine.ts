// A stand-in for the Pulumi engine: its contract with a dynamic provider, in this process, because the real engine takes
// seconds for each step and the fault matrix has thousands. test/engine runs the real one.
import enrollmentLifecycle from "../../provider/enrollmentLifecycle";
import type { EnrollmentInputs, EnrollmentState } from "../../provider/inputs";

type InitError = Error & { id?: string; properties?: EnrollmentState };

/** One stack of one enrollment. */
export class ModelEngine {
  /** What the state holds. */
  recorded: { id: string; outs: EnrollmentState; failedToInitialize: boolean } | undefined;

  async up(inputs: EnrollmentInputs): Promise<void> {
    const { inputs: news, failures } = await enrollmentLifecycle.check(inputs, inputs);
    if (failures?.length) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (news === undefined) throw new Error("check returned no inputs");
    if (this.recorded === undefined) return this.create(news);

    const { id, outs, failedToInitialize } = this.recorded;
    const { changes, replaces } = await enrollmentLifecycle.diff(id, outs, news);
    if (replaces?.length) {
      await this.destroy();
      return this.create(news);
    }
    if (!changes && !failedToInitialize) return;
    try {
      const updated = await enrollmentLifecycle.update(id, outs, news);
      this.recorded = { id, outs: updated.outs, failedToInitialize: false };
    } catch (error) {
      this.recordIfPartial(error as InitError);
      throw error;
    }
  }

  async destroy(): Promise<void> {
    if (this.recorded === undefined) return;
    await enrollmentLifecycle.delete(this.recorded.id, this.recorded.outs);
    this.recorded = undefined;
  }

  private async create(inputs: EnrollmentInputs): Promise<void> {
    try {
      const { id, outs } = await enrollmentLifecycle.create(inputs);
      this.recorded = { id, outs, failedToInitialize: false };
    } catch (error) {
      this.recordIfPartial(error as InitError);
      throw error;
    }
  }

  /** An error with an id is a resource that failed to initialize: it is recorded with the error's properties. */
  private recordIfPartial({ id, properties }: InitError): void {
    if (id !== undefined && properties !== undefined)
      this.recorded = { id, outs: properties, failedToInitialize: true };
  }
}
