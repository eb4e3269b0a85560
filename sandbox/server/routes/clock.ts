import type { FastifyInstance } from "fastify";
import type { Clock, Move } from "../../state/clock";

const move = {
  type: "object",
  additionalProperties: false,
  properties: {
    advanceSeconds: { type: "number", minimum: 0 },
    now: { type: "string", format: "date-time" },
    toNextMail: { const: true },
  },
  oneOf: [{ required: ["advanceSeconds"] }, { required: ["now"] }, { required: ["toNextMail"] }],
};

/**
 * `/_sandbox/clock`: shows the clock and moves it ahead.
 *
 * @param moveClock Resolves when what became due is delivered.
 */
export function clockRoutes(app: FastifyInstance, clock: Clock, moveClock: (move: Move) => Promise<void>): void {
  const shown = () => ({ now: new Date(clock.now()).toISOString() });
  app.get("/_sandbox/clock", shown);
  app.post<{ Body: Move }>("/_sandbox/clock", { schema: { body: move } }, async ({ body }) => {
    await moveClock(body);
    return shown();
  });
}
