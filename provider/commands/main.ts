#!/usr/bin/env node
import { Command } from "commander";
import { addPreviews } from "./previews/command";
import { addRecover } from "./recover/command";

const program = new Command("pulumi-mailmodo").description("Commands for Mailmodo enrollments in Pulumi stacks.");
for (const add of [addRecover, addPreviews]) add(program);

program.parseAsync().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
