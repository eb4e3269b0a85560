import type { Command } from "commander";
import { addDoctor } from "./doctor/command";
import { addPreviews } from "./previews/command";
import { addProbe } from "./probe/command";
import { addRecover } from "./recover/command";
import { addStatus } from "./status/command";

/** Adds all commands. Each loads what it runs only when it runs. */
export function addCommands(program: Command): void {
  for (const add of [addRecover, addPreviews, addStatus, addDoctor, addProbe]) add(program);
}
