import type { FastifyReply, FastifyRequest } from "fastify";
import type { Postman } from "../../mail/postman";
import type { Calls } from "../../state/calls";
import { timeAfter, type Clock } from "../../state/clock";
import type { LateCall } from "../../state/effects";
import type { Store } from "../../state/store";
import { READS } from "../../state/vendorCall";
import { inputOf, send } from "../envelopes";

const LATE_MS = 9_000;

/** Acts and answers. If the call's fault is `late`, it answers at once and acts later, by the sandbox's clock. */
export class Answering {
  constructor(
    private readonly store: Store,
    private readonly calls: Calls,
    private readonly clock: Clock,
    private readonly postman: Postman,
  ) {}

  answer(request: FastifyRequest, reply: FastifyReply, call: LateCall["call"]): FastifyReply {
    const { fault } = request;
    const { late } = this.store;
    const { journeyId } = request.params as { journeyId?: string };
    const asked = { id: late.nextId, at: this.clock.now(), call, journeyId, body: inputOf(request) };
    if (fault?.kind === "late") {
      if (!READS.includes(call))
        this.store.commit([{ late: { ...asked, at: timeAfter(asked.at, fault.lateMs ?? LATE_MS) } }]);
      this.postman.scheduleNext();
      return send(reply, { message: "not yet" });
    }
    const answer = this.calls.act(asked);
    request.instanceId = answer.instanceId;
    this.postman.scheduleNext();
    return send(reply, answer);
  }
}
