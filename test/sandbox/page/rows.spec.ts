import assert from "node:assert/strict";
import {
  compareEnrollments,
  enrollmentMatches,
  enrollmentOrder,
  enrollmentRow,
} from "../../../sandbox/page/model/enrollmentRows";
import { choices, sortAfterClick } from "../../../sandbox/page/model/order";
import { callOf, requestMatches, requestRow, subjectOf, wasRefused } from "../../../sandbox/page/model/requestRows";
import type { Instance, LoggedRequest } from "../../../sandbox/api";

const instance = (number: number, more: Partial<Instance> = {}): Instance => ({
  instanceId: `id-${number}`,
  journeyId: "journey-1",
  email: `qa+${number}.seeds.dev@example.com`,
  data: { secret: "value" },
  startedAt: new Date(number * 1000).toISOString(),
  status: "running",
  number,
  revision: number,
  ...more,
});

describe("A row of the list of enrollments", () => {
  it("says since when it is in its state", () => {
    const ended = instance(1, { status: "aborted", endedAt: new Date(9000).toISOString(), abortReason: "closed" });
    assert.deepEqual(
      [instance(1), ended].map((one) => enrollmentRow(one).since),
      [1000, 9000],
    );
  });

  it("says why it was aborted or, while it runs, why messages were withheld", () => {
    const withheld = { withheld: 1, withheldReason: "The contact is blocked" };
    assert.deepEqual(
      [instance(1, withheld), instance(1, { ...withheld, abortReason: "closed" })].map(
        (one) => enrollmentRow(one).reason,
      ),
      ["The contact is blocked", "closed"],
    );
  });

  it("leaves out the personalization values", () => {
    assert.doesNotMatch(JSON.stringify(enrollmentRow(instance(1))), /value/);
  });

  const rows = [
    instance(1),
    instance(2, { status: "aborted", abortReason: "Preview CLOSED" }),
    instance(3, { email: "qa+shop.pr-1@example.com", doubled: true }),
    instance(4, { email: "jane@example.com", status: "finished", journeyId: "journey-2" }),
  ].map(enrollmentRow);
  const filters: [Record<string, string>, number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ state: "aborted" }, [2]],
    [{ state: "twice" }, [3]],
    [{ stack: "seeds/dev" }, [1, 2]],
    [{ journey: "journey-2" }, [4]],
    [{ q: "closed preview" }, [2]],
    [{ q: "ID-3" }, [3]],
    [{ q: "jane", state: "running" }, []],
  ];
  for (const [query, numbers] of filters) {
    it(`fits ${JSON.stringify(query)}`, () => {
      const found = rows.filter(enrollmentMatches(query));
      assert.deepEqual(
        found.map(({ number }) => number),
        numbers,
      );
    });
  }

  const orders: [string | undefined, number[]][] = [
    [undefined, [4, 3, 2, 1]],
    ["since", [1, 2, 3, 4]],
    ["address", [4, 1, 2, 3]],
    ["-stack", [3, 2, 1, 4]],
    ["stack", [1, 2, 3, 4]],
    ["state", [2, 4, 1, 3]],
    ["nothing", [4, 3, 2, 1]],
  ];
  for (const [sort, numbers] of orders) {
    it(`is sorted by ${sort ?? "nothing given"}, what has no value last`, () => {
      const order = enrollmentOrder(sort === undefined ? {} : { sort });
      const sorted = [...rows].sort(compareEnrollments(order));
      assert.deepEqual(
        sorted.map(({ number }) => number),
        numbers,
      );
    });
  }

  it("turns the order around at a second click", () => {
    const first = sortAfterClick("address", enrollmentOrder({}));
    assert.deepEqual([first, sortAfterClick("address", enrollmentOrder({ sort: first }))], ["address", "-address"]);
  });

  it("offers each stack once", () => {
    assert.deepEqual(
      choices(rows, ({ stackLabel }) => stackLabel),
      ["seeds/dev", "shop/pr-1"],
    );
  });
});

describe("A row of the request log", () => {
  const request = (more: Partial<LoggedRequest> = {}): LoggedRequest => ({
    id: 1,
    at: "2026-11-27T10:00:00.000Z",
    method: "POST",
    path: "/hooks/start/journey-1",
    body: { email: "qa@example.com" },
    status: 200,
    answer: { success: true },
    durationMs: 1,
    ...more,
  });
  const fits = (more: Partial<LoggedRequest>, query: Record<string, string>) =>
    requestMatches(query)(requestRow(request(more)));

  it("is a start, an abort, a call for a contact, or another", () => {
    assert.deepEqual(["/hooks/start/1", "/hooks/abort/1", "/api/v1/contacts", "/other"].map(callOf), [
      "start",
      "abort",
      "contact",
      "other",
    ]);
  });

  const filters: [Partial<LoggedRequest>, Record<string, string>, boolean][] = [
    [{}, { call: "start", status: "2xx", q: "QA@" }, true],
    [{}, { call: "abort" }, false],
    [{ status: 503, fault: "gateway" }, { status: "5xx", fault: "any" }, true],
    [{}, { fault: "any" }, false],
    [{ fault: "reset-after" }, { status: "none", fault: "reset-after" }, true],
    [{ fault: "reset-after" }, { status: "2xx" }, false],
    [{ fault: "late", status: 502 }, { status: "5xx" }, true],
    [{ body: undefined, answer: undefined }, { q: "undefined" }, false],
  ];
  for (const [more, query, isFit] of filters) {
    it(`${isFit ? "fits" : "does not fit"} ${JSON.stringify(query)} with ${JSON.stringify(more)}`, () => {
      assert.equal(fits(more, query), isFit);
    });
  }

  it("is refused by the vendor's word too, not by the status alone", () => {
    const answers = [request(), request({ answer: { success: false } }), request({ status: 400, answer: null })];
    assert.deepEqual(answers.map(wasRefused), [false, true, true]);
  });

  it("names the address, or the instance where there is only that", () => {
    const bodies = [{ email: "qa@example.com" }, { instanceId: "id-1" }, { email: 1 }, null, "text"];
    assert.deepEqual(
      bodies.map((body) => subjectOf({ path: "/", body })),
      ["qa@example.com", "id-1", "", "", ""],
    );
    assert.equal(subjectOf({ path: "/a?email=qa%2B1%40example.com", body: undefined }), "qa+1@example.com");
  });
});
