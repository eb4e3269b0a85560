import assert from "node:assert/strict";
import type { InstanceDetail, LoggedRequest } from "../../../sandbox/api";
import { timelineOf } from "../../../sandbox/page/model/timeline";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const request = (path: string, seconds: number, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  id: seconds,
  at: at(seconds),
  method: "POST",
  path,
  body: {},
  status: 200,
  answer: { success: true },
  durationMs: 1,
  ...more,
});
const mail = (id: number, seconds: number) =>
  ({ id, revision: 1, at: at(seconds), instanceId: "i", journeyId: "j", step: id, to: "", subject: "" }) as const;

describe("The timeline of an enrollment", () => {
  it("has what happened before what it caused, and what is still to come last", () => {
    const detail: InstanceDetail = {
      instance: {
        instanceId: "i",
        journeyId: "j",
        email: "qa@example.com",
        data: {},
        number: 1,
        revision: 3,
        startedAt: at(1),
        status: "aborted",
        endedAt: at(20),
        abortReason: "closed",
      },
      // Logged with their answers, after what they did.
      requests: [
        request("/hooks/start/j", 2),
        request("/hooks/start/j", 10, { status: 400, answer: { success: false } }),
        request("/hooks/abort/j", 21),
      ],
      mails: [mail(1, 1), mail(2, 11)],
      due: [{ step: 3, at: at(15), subject: "Later" }],
    };
    assert.deepEqual(
      timelineOf(detail).map((entry) => (entry.kind === "request" ? entry.title : entry.kind)),
      ["Start requested", "started", "mail", "Start refused", "mail", "Abort requested", "aborted", "due"],
    );
  });
});
