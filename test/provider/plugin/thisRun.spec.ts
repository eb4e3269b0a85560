import assert from "node:assert/strict";
import { ThisRun } from "../../../provider/plugin/thisRun";
import { journeyId } from "../../support/journeyId";

const qa = { journeyId, email: "qa@seeds.example.com" };
const inOther = { ...qa, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" };
const one = "11111111-2222-4333-8444-555555555555";
const two = "22222222-2222-4333-8444-555555555555";

describe("what this run knows of itself", () => {
  let run: ThisRun;
  beforeEach(() => (run = new ThisRun()));

  it("counts a start from before its request leaves until it is forgotten, in any spelling", () => {
    const start = run.starting(qa);
    assert.deepEqual(
      [run.hasStarted(qa), run.enrolls("QA@Seeds.example.com"), run.hasStarted(inOther)],
      [true, true, false],
    );
    start.forget();
    assert.deepEqual([run.hasStarted(qa), run.enrolls(qa.email)], [false, false]);
  });

  it("does not take the end of another instance for that of a start", () => {
    run.starting(qa).confirm(one);
    run.ended({ ...qa, instanceId: two });
    assert.equal(run.enrolls(qa.email), true);
    run.ended({ ...qa, instanceId: one });
    assert.equal(run.enrolls(qa.email), false);
  });

  it("takes an abort by address for the end of all starts of the address in the journey, and of no other", () => {
    run.starting(qa).confirm(one);
    run.starting(qa);
    run.starting(inOther);
    run.ended(qa);
    assert.deepEqual([run.hasStarted(qa), run.hasStarted(inOther), run.enrolls(qa.email)], [false, true, true]);
  });

  it("knows which recorded enrollments it has ended, with an instance id and without", () => {
    run.ended({ ...qa, instanceId: one });
    assert.deepEqual(
      [{ ...qa, instanceId: one }, { ...qa, instanceId: two }, qa].map((entry) => run.hasEnded(entry)),
      [true, false, false],
    );
    run.ended(inOther);
    assert.deepEqual([run.hasEnded(inOther), run.hasEnded(qa)], [true, false]);
  });

  it("knows, once its aborts of an address are over, when the last one was sent that may take effect yet", async () => {
    const lost = (abortSentAt: number | undefined) => Promise.reject(Object.assign(new Error("lost"), { abortSentAt }));
    const aborts = [lost(2_000), lost(1_000), lost(undefined), Promise.resolve()];
    const over = Promise.allSettled(aborts.map((abort) => run.aborting(qa, abort)));
    assert.equal(await run.lastLostAbort({ ...qa, email: "QA@Seeds.example.com" }), 2_000);
    assert.equal(await run.lastLostAbort(inOther), undefined);
    await over;
  });

  it("knows of no abort by instance id there, which cannot end another one", async () => {
    const abort = Promise.reject(Object.assign(new Error("lost"), { abortSentAt: 1_000 }));
    await assert.rejects(run.aborting({ ...qa, instanceId: one }, abort));
    assert.equal(await run.lastLostAbort(qa), undefined);
  });

  it("remembers how the program uses a contact, in any spelling", () => {
    run.want("contact", ["Ada@bücher.example"]);
    assert.equal(run.wants("contact", "ada@xn--bcher-kva.example"), true);
    assert.deepEqual(
      [run.wants("contact", "bob@bücher.example"), run.wants("archive", "ada@bücher.example")],
      [false, false],
    );
  });
});
