import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** The number of contacts that the run enrolls. */
export const CONTACTS = 20;

/** One run of Pulumi that is killed, and how. */
export interface Kill {
  readonly number: number;
  readonly phase: "up" | "replace" | "destroy";
  readonly victim: "cli" | "plugin" | "both";
  readonly signal: "SIGKILL" | "SIGINT" | "SIGTERM";
  /** After so many requests of the phase; 0 is as soon as there is a plugin, before the first. */
  readonly requests: number;
  /** With the last of them on its way, or answered. */
  readonly moment: "asked" | "answered";
  /** Whether the sandbox starts a second instance for an address, instead of refusing it. */
  readonly duplicatesAccepted: boolean;
  /** Whether the 20 contacts are a cohort; its replace is an update of each shard that changes every contact. */
  readonly cohort: boolean;
  /** Whether the contacts are archived at the end. */
  readonly archives: boolean;
  /**
   * What else there is: the program in a folder outside the project's; another run that must not be touched; a pid
   * namespace, as a container has, which the killed run has of its own; a clock that is set back by an hour after the kill; a
   * disk with room for some of the notes alone.
   */
  readonly setting: (typeof SETTINGS)[number];
}

/** As many kills as asked for; the same seed gives the same ones. */
export function kills(count: number, seed: number): Kill[] {
  const generator = xoroshiro128plus(seed);
  const pick = <T>(items: readonly T[]): T => items[uniformInt(generator, 0, items.length - 1)]!;
  return Array.from({ length: count }, (_, number) => {
    // Each phase and victim comes about equally often; the rest is chance.
    const phase = (["up", "replace", "destroy"] as const)[number % 3]!;
    const archives = number % 5 !== 0;
    return {
      number,
      phase,
      victim: (["cli", "plugin", "both"] as const)[Math.floor(number / 3) % 3]!,
      signal: pick(["SIGKILL", "SIGKILL", "SIGINT", "SIGTERM"] as const),
      requests: uniformInt(
        generator,
        0,
        phase === "replace" || (phase === "destroy" && archives) ? 2 * CONTACTS : CONTACTS,
      ),
      moment: pick(["asked", "answered"] as const),
      duplicatesAccepted: pick([true, false]),
      cohort: number % 4 === 3,
      archives,
      setting: SETTINGS[number % SETTINGS.length]!,
    };
  });
}

const SETTINGS = [
  "plain",
  "main outside",
  "another stack",
  "in a container",
  "another backend",
  "clock set back",
  "full disk",
] as const;

export function describeKill(kill: Kill): string {
  const { phase, victim, signal, requests, moment, duplicatesAccepted, cohort, archives, setting } = kill;
  const other = duplicatesAccepted ? ", where Mailmodo starts duplicates" : "";
  const when = requests === 0 ? "before the first request" : `request ${requests} ${moment}`;
  const whom = victim === "both" ? "the cli and the plugin" : `the ${victim}`;
  const where = setting === "plain" ? "" : ` (${setting})`;
  const what = `${phase}${cohort ? " of a cohort" : ""}${archives ? " with archiveContact" : ""}`;
  return `${signal} to ${whom} in ${what}, ${when}${other}${where}`;
}
