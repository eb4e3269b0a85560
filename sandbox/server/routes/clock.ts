import type { FastifyInstance } from "fastify";
import type { Clock } from "../../state/clock";
import type { Postman } from "../../mail/postman";

type Move = { readonly advanceSeconds: number } | { readonly now: string };

const move = {
  type: "object",
  additionalProperties: false,
  properties: {
    advanceSeconds: { type: "number", minimum: 0 },
    now: { type: "string", format: "date-time" },
  },
  oneOf: [{ required: ["advanceSeconds"] }, { required: ["now"] }],
};

/** `/_sandbox/clock`: shows the clock and moves it ahead. What becomes due is delivered before the answer. */
export function clockRoutes(app: FastifyInstance, clock: Clock, postman: Postman): void {
  const shown = () => ({ now: new Date(clock.now()).toISOString() });
  app.get("/_sandbox/clock", shown);
  app.post<{ Body: Move }>("/_sandbox/clock", { schema: { body: move } }, async ({ body }) => {
    if ("now" in body) clock.moveTo(Date.parse(body.now));
    else clock.advance(body.advanceSeconds * 1000);
    await postman.sendDue();
    return shown();
  });
}
