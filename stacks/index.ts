import * as pulumi from "@pulumi/pulumi";

/** What runs for a stack: its outputs. Loaded only when picked, so that no stack pays for another's imports. */
type Program = () => Promise<pulumi.Inputs>;

const programs: Readonly<Record<string, Program>> = {
  cohort: async () => (await import("./cohort")).program(),
  dev: async () => (await import("./dev")).program(),
  sandbox: async () => (await import("./sandbox")).program(),
};

function programFor(stack: string): Program {
  const program = Object.hasOwn(programs, stack) ? programs[stack] : undefined;
  if (program === undefined) {
    throw new pulumi.RunError(
      `No program for the stack "${stack}". There are: ${Object.keys(programs).join(", ")}. Add it in stacks/index.ts.`,
    );
  }
  return program;
}

export = programFor(pulumi.getStack());
