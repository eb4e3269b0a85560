import assert from "node:assert/strict";
import {
  callsOf,
  describeFault,
  emptyFault,
  FAULT_KINDS,
  faultOf,
  type FaultForm,
} from "../../../sandbox/page/model/faultForm";
import { profileGroups, withProfile } from "../../../sandbox/page/model/profileGroups";
import { FAULT_KINDS as KINDS, type FaultKind } from "../../../sandbox/state/faults";
import { VENDOR_CALLS } from "../../../sandbox/state/vendorCall";
import { useSandbox } from "../../support/sandbox";

describe("The form for a fault", () => {
  const sandbox = useSandbox();
  const full: Omit<FaultForm, "kind"> = {
    on: "abort",
    count: "2",
    probability: "50",
    email: " qa@example.com ",
    delayMs: "10",
    lateMs: "20",
    status: "503",
    takesEffect: false,
  };

  it("has all kinds", () => assert.deepEqual(Object.keys(FAULT_KINDS).sort(), [...KINDS].sort()));

  it("has all calls, or a start alone where only that has such an answer", () => {
    assert.deepEqual(callsOf("500").sort(), [...VENDOR_CALLS].sort());
    assert.deepEqual(callsOf("no-ref"), ["start"]);
  });

  for (const kind of Object.keys(FAULT_KINDS) as FaultKind[]) {
    it(`never makes what the sandbox refuses, with every field filled in: ${kind}`, async () => {
      const { status, body } = await sandbox().post("/_sandbox/faults", faultOf({ kind, ...full }));
      assert.equal(status, 201, JSON.stringify(body));
    });
  }

  it("leaves out what is empty", () => {
    assert.deepEqual(faultOf({ ...emptyFault, on: "", count: "" }), { kind: "reset-after" });
  });

  it("says a fault in words", () => {
    const fault = { kind: "late", on: "start", probability: 0.125, status: 503, lateMs: 5, remaining: 1 } as const;
    assert.equal(describeFault(fault), "on start, 1 more time, 12.5 % of calls, acts after 5 ms, status 503");
  });
});

describe("The profiles on the page", () => {
  it("are grouped by their first word, without the default", () => {
    assert.deepEqual(
      [...profileGroups(["default", "key-401", "key-200", "abort-last"])],
      [
        ["key", ["key-401", "key-200"]],
        ["abort", ["abort-last"]],
      ],
    );
  });

  it("are switched on last, and off", () => {
    assert.deepEqual(withProfile(["default", "key-401"], "abort-last", true), ["key-401", "abort-last"]);
    assert.deepEqual(withProfile(["key-401", "abort-last"], "key-401", false), ["abort-last"]);
  });
});
