import type { FastifyInstance } from "fastify";
import type { Journeys } from "../mail/journeys";
import type { Profile } from "../state/profiles";
import { refuse } from "./envelopes";

/** Refuses calls for journeys that are not known, if the profile has an answer to them. */
export function refuseUnknownJourneys(app: FastifyInstance, profileOf: () => Profile, steps: Journeys): void {
  app.addHook("preHandler", async (request, reply) => {
    const { unknownJourney, journeys } = profileOf();
    if (unknownJourney === undefined) return;
    const known = journeys?.map((id) => id.toLowerCase()) ?? [...steps.keys()];
    const { journeyId } = request.params as { journeyId?: string };
    if (journeyId !== undefined && known.length > 0 && !known.includes(journeyId.toLowerCase()))
      return refuse(reply, unknownJourney);
  });
}
