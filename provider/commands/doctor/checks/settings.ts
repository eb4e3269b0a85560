import { refuseSuppressed } from "../../../settings/refuseSuppressed";
import { allowedRecipients, readSettings, type ConfigReader } from "../../../settings/settings";
import { SETTING_NAMES } from "../../../settings/settingNames";
import { valueOrProblem } from "../../../settings/settingsError";
import { NAMED_STACK, stackOptions } from "../../../text/configCommand";
import { describeRecipients, wideDomains } from "../recipientsInWords";
import { failure, ok, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

/** What each setting says, except the key and the recipients. */
export const checkSettings: Check<Surroundings> = {
  name: "settings",
  async run(surroundings) {
    const config = await surroundings.config();
    const names = Object.keys(config.values).filter((name) => name.startsWith("mailmodo:") && !OTHERS.includes(name));
    const problems: Finding[] = [];
    const env = { MAILMODO_API_KEY: "any", [NAMED_STACK]: surroundings.env[NAMED_STACK] };
    for (const name of names) {
      // Each alone, so that the problem of one does not hide another's. The environment's proxy has a check of its own.
      const reader: ConfigReader = { get: (key) => (key === name ? config.values[name] : undefined) };
      const { problem } = await valueOrProblem(async () => {
        refuseSuppressed(reader, env);
        return readSettings(reader, env);
      });
      if (problem !== undefined) problems.push(failure(problem));
    }
    const all = Object.keys(config.values).filter((name) => name.startsWith("mailmodo:"));
    for (const name of all.filter((one) => !KNOWN.includes(one)))
      problems.push(
        warning(
          `${name} is not a setting of this package, so it has no effect.`,
          `Correct its name (there are ${KNOWN.join(", ")}), or remove it: pulumi config rm ${stackOptions(env)}${name}.`,
        ),
      );
    if (problems.length > 0) return problems;
    return ok(names.length === 0 ? "All have their defaults." : `Valid: ${names.join(", ")}.`);
  },
};

/** A misspelled setting would have its default without a word. */
const KNOWN: readonly string[] = SETTING_NAMES;
const OTHERS: readonly string[] = ["mailmodo:allowedRecipients", "mailmodo:apiKey", "mailmodo:apiKeySecret"];

export const checkRecipients: Check<Surroundings> = {
  name: "recipients",
  async run(surroundings) {
    const config = await surroundings.configReader();
    const { problem } = await valueOrProblem(() => allowedRecipients(config));
    if (problem !== undefined) return failure(problem);
    const patterns = JSON.parse(config.get("mailmodo:allowedRecipients")!) as string[];
    const words = `Mail may be sent to ${describeRecipients(patterns)}.`;
    const wide = wideDomains(patterns);
    if (wide.length === 0) return ok(words);
    return warning(
      `${words} Anybody can have an address at ${wide.join(" and ")}, so a typo sends mail to strangers.`,
      "Allow a domain of your own, or single addresses, in mailmodo:allowedRecipients.",
    );
  },
};
