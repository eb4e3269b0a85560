import { apiKeyOf, type KeySource } from "../../../settings/apiKey";
import { looksLikeKey, moveKey } from "../../../settings/aws/reference";
import { keySources } from "../../../settings/settings";
import { valueOrProblem } from "../../../settings/settingsError";
import { keyCommand } from "../../../text/configCommand";
import { NoAnswer } from "../../../async/within";
import { failure, known, ok, skipped, Unknown, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

/** Where the key comes from, and whether it is safe there. */
export const checkApiKey: Check<Surroundings> = {
  name: "API key",
  async run(surroundings) {
    const inClear = await keysInClear(surroundings);
    if (inClear.length > 0) return inClear;
    const sources = await sourcesOf(surroundings);
    const [used, ...others] = sources;
    if (used === undefined || used.setting !== "mailmodo:apiKeySecret") {
      const { problem } = await valueOrProblem(() => apiKeyOf(sources, surroundings.env, () => undefined));
      if (problem !== undefined) return failure(problem);
    }
    const rest =
      others.length === 0 ? "" : ` Also set, and not used: ${others.map(({ setting }) => setting).join(", ")}.`;
    return ok(`${WORDS[used!.setting]}.${rest}`);
  },
};

const WORDS: Record<KeySource["setting"], string> = {
  MAILMODO_API_KEY: "From MAILMODO_API_KEY in the environment",
  "mailmodo:apiKeySecret": "From AWS, by mailmodo:apiKeySecret",
  "mailmodo:apiKey": "From mailmodo:apiKey, encrypted in the stack's settings",
};

/** Whether the secret in AWS can be read. There is nothing to check if the key comes from elsewhere. */
export const checkAwsSecret: Check<Surroundings> = {
  name: "AWS secret",
  async run(surroundings) {
    const config = await surroundings.config().catch(() => undefined);
    if (!config?.values["mailmodo:apiKeySecret"]) return [];
    const sources = await sourcesOf(surroundings);
    if (sources[0]?.setting !== "mailmodo:apiKeySecret") return [];
    if (surroundings.offline) return skipped("AWS is not asked, because of --offline.");
    const reference = sources[0].value.trim();
    try {
      const { value, problem } = await readKey(surroundings, sources);
      return value === undefined ? failure(problem ?? "") : ok(`AWS gives the key by ${reference}.`);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return failure(
        `Could not read the API key from mailmodo:apiKeySecret ${reference}: ${error.message}`,
        "Check the network, the region, and that what gives AWS credentials here does not wait for anything.",
      );
    }
  },
};

/**
 * The key that a run would use.
 *
 * @throws {Unknown} There is none, or it cannot be read.
 */
export async function keyInUse(surroundings: Surroundings): Promise<string> {
  const sources = await sourcesOf(surroundings);
  const { value } = await known(readKey(surroundings, sources), NO_KEY);
  if (value === undefined) throw new Unknown(NO_KEY);
  return value;
}

const NO_KEY = "There is no API key that could be used.";

/** Reads the key from its source, once for all checks, or finds the problem with it. @throws {NoAnswer} AWS is silent. */
function readKey(surroundings: Surroundings, sources: KeySource[]): Promise<{ value?: string; problem?: string }> {
  return surroundings.once("key", async () => {
    const read = valueOrProblem(() => apiKeyOf(sources, surroundings.env, () => undefined));
    const found = await surroundings.answered(read);
    if (found.value !== undefined) surroundings.secrets.add(found.value);
    return found;
  });
}

/** Without a stack, or with secrets that cannot be decrypted, only the environment counts. */
async function sourcesOf(surroundings: Surroundings): Promise<KeySource[]> {
  const { env } = surroundings;
  const config = await surroundings.config().catch(() => undefined);
  const sources = keySources({ get: (name) => config?.values[name] }, env);
  for (const { value } of sources)
    if (looksLikeKey(value) || value === env["MAILMODO_API_KEY"]) surroundings.secrets.add(value);
  if (sources.length > 0) return sources;
  if (config === undefined)
    throw new Unknown("The API key is not in MAILMODO_API_KEY, and the stack's config cannot be read.");
  const isHidden =
    config.isHidden && ["mailmodo:apiKey", "mailmodo:apiKeySecret"].some((name) => config.secret.has(name));
  if (!isHidden) return sources;
  throw new Unknown("The API key is among the stack's secrets, which cannot be decrypted.");
}

/** The keys that the stack's settings hold in plain text. */
async function keysInClear(surroundings: Surroundings): Promise<Finding[]> {
  const config = await surroundings.config().catch(() => undefined);
  const isClear = (name: string) => config?.values[name] !== undefined && !config.secret.has(name);
  const next = "Then create a new key at Mailmodo, because this one was written to disk.";
  const found: Finding[] = [];
  if (isClear("mailmodo:apiKey") && config?.values["mailmodo:apiKey"] !== "") {
    surroundings.secrets.add(config!.values["mailmodo:apiKey"]!);
    found.push(
      failure(
        "mailmodo:apiKey is set without --secret: the stack's file and state hold it in plain text.",
        `Set it again: ${keyCommand(surroundings.env)}. ${next}`,
      ),
    );
  }
  const reference = config?.values["mailmodo:apiKeySecret"] ?? "";
  if (looksLikeKey(reference)) {
    surroundings.secrets.add(reference.trim());
    const isSecret = !isClear("mailmodo:apiKeySecret");
    found.push(
      failure(
        "mailmodo:apiKeySecret is an API key, not the name of a secret.",
        isSecret ? moveKey() : `${moveKey()} ${next}`,
      ),
    );
  }
  return found;
}
