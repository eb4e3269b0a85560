import type { Command } from "commander";
import { addPreviews } from "./previews/command";
import { addProbe } from "./probe/command";
import { addRecover } from "./recover/command";

/** Adds all commands. Each loads what it runs only when it runs. */
export function addCommands(program: Command): void {
  for (const add of [addRecover, addPreviews, addProbe]) add(program);
}
