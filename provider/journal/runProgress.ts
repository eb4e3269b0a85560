import { livenessOf } from "../processes/processIdentity";
import type { RunFile } from "./runFile";

/** Whether the run that wrote a file is in progress or has ended. "undecided": neither can be proven from here. */
export type RunProgress = "in progress" | "ended" | "undecided";

/**
 * Whether the run that wrote a file has ended. Its engine decides: the plugin of a killed engine lives on for a while,
 * and an engine outlives a plugin that was killed. Without an engine in the first line, only a dead plugin is a proof.
 */
export function progressOf({ file, header }: RunFile): RunProgress {
  if (header === undefined) return "undecided";
  const { engine, plugin } = header;
  if (engine !== undefined) return OF_ENGINE[livenessOf(engine, file)];
  return livenessOf(plugin, file) === "dead" ? "ended" : "undecided";
}

const OF_ENGINE = { alive: "in progress", dead: "ended", undecided: "undecided" } as const;
