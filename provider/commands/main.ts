#!/usr/bin/env node
import { Command } from "commander";
import { addCommands } from "./commands";
import { reportWrongUse } from "./conventions";
import { version } from "../network/userAgent";
import { UsageError, WRONG_USE } from "./usageError";
import { inert } from "../text/inert";

const program = new Command("pulumi-mailmodo")
  .description("Commands for Mailmodo enrollments in Pulumi stacks.")
  .version(version);
addCommands(reportWrongUse(program));

program.parseAsync().catch((error: Error) => {
  console.error(inert(error.message));
  process.exitCode = error instanceof UsageError ? WRONG_USE : 1;
});
