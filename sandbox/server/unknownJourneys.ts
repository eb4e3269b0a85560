import type { FastifyInstance } from "fastify";
import type { Journeys } from "../mail/journeys";
import type { Profile, Refusal } from "../state/profile";
import { refuse } from "./envelopes";

/** Where a profile says only which journeys are known. It has the contract's one status for a refusal. */
const REFUSAL: Refusal = { status: 400, message: "The provided journey id is not valid" };

/** Refuses calls for journeys that are not known, if the profile has an answer to them. */
export function refuseUnknownJourneys(app: FastifyInstance, profileOf: () => Profile, steps: Journeys): void {
  app.addHook("preHandler", async (request, reply) => {
    const { journeys, unknownJourney = journeys && REFUSAL } = profileOf();
    if (unknownJourney === undefined) return;
    const known = journeys?.map((id) => id.toLowerCase()) ?? [...steps.keys()];
    const { journeyId } = request.params as { journeyId?: string };
    if (journeyId !== undefined && known.length > 0 && !known.includes(journeyId)) return refuse(reply, unknownJourney);
  });
}
