import { oneAnswer, type Answer } from "../oneAnswer";
import { failure, ok, skipped, Unknown, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

/** Whether Mailmodo accepts the key. The call lists the account's contact lists, and sends nothing to anybody. */
export const checkMailmodo: Check<Surroundings> = {
  name: "Mailmodo",
  async run(surroundings) {
    if (surroundings.offline) return skipped("Mailmodo is not asked, because of --offline.");
    return findingOn(await answerOf(surroundings));
  },
};

function findingOn({ host, outcome, clean }: Answer): Finding {
  const checkUrl = "Check mailmodo:baseUrl, and for a firewall or a proxy on the way.";
  const words = "message" in outcome && outcome.message !== "" ? `: "${clean(outcome.message)}"` : "";
  switch (outcome.kind) {
    case "accepted":
      return ok(`${host} accepts the API key.`);
    case "keyRefused":
      return failure(
        `${host} rejects the API key (${outcome.status})${words}.`,
        "Put the current key where the line on the API key says that it comes from.",
      );
    case "refused": {
      const { stranger } = outcome;
      if (stranger === undefined) return failure(`${host} refused the call (${outcome.status})${words}.`, checkUrl);
      const said = stranger.words === "" ? "" : `: "${clean(stranger.words)}"`;
      return failure(
        `Asked whether it accepts the key, ${host} did not answer as Mailmodo does: ${stranger.problem}${said}.`,
        checkUrl,
      );
    }
    case "slowDown":
      return warning(
        `${host} asks to slow down (${outcome.status}), so whether it accepts the key is not known.`,
        "Run this again later. Another run may use the same key.",
      );
    case "notSent": {
      const said = outcome.said === undefined || outcome.said === "" ? "" : ` (${clean(outcome.said)})`;
      return failure(`${host} cannot be reached: ${outcome.reason}${said}.`, outcome.next ?? checkUrl);
    }
    case "held":
    case "unconfirmed":
      return failure(`${host} gave no clear answer: ${clean(outcome.reason)}.`, checkUrl);
  }
}

/** Whether this machine's clock agrees with Mailmodo's. */
export const checkClock: Check<Surroundings> = {
  name: "clock",
  async run(surroundings) {
    if (surroundings.offline) return skipped("It is compared with Mailmodo's answer, and --offline asks for none.");
    const { aheadMs } = await answerOf(surroundings);
    if (aheadMs === undefined) throw new Unknown("There is no answer with a time to compare it with.");
    const off = Math.abs(aheadMs);
    if (off < NOTICED_MS) return ok("It agrees with the time of Mailmodo's answer.");
    const amount = off < 2 * MINUTE_MS ? `${Math.round(off / 1000)} s` : `${Math.round(off / MINUTE_MS)} min`;
    const text = `This machine's clock is ${amount} ${aheadMs > 0 ? "ahead of" : "behind"} the time of Mailmodo's answer`;
    const next = "Set the clock by a time server (NTP).";
    if (off < REFUSED_MS) return warning(`${text}. Times in notes and of previews are off by that.`, next);
    return failure(`${text}: AWS refuses requests, and how late a start may take effect is misjudged.`, next);
  },
};

const MINUTE_MS = 60_000;
/** The header has whole seconds, and an answer may be on its way for some. */
const NOTICED_MS = 30_000;
/** From here on AWS refuses the signature of a request. */
const REFUSED_MS = 5 * MINUTE_MS;

/** One answer of Mailmodo's, for both checks. */
function answerOf(surroundings: Surroundings): Promise<Answer> {
  return surroundings.once("answer", () => oneAnswer(surroundings));
}
