import * as pulumi from "@pulumi/pulumi";

/** What runs for a stack: its outputs. Loaded only when picked, so that no stack pays for another's imports. */
type Program = () => Promise<pulumi.Inputs>;

const programs: Readonly<Record<string, Program>> = {
  cohort: async () => (await import("./cohort")).program(),
  dev: async () => (await import("./dev")).program(),
  foundation: async () => (await import("./foundation")).program(),
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

async function run(): Promise<pulumi.Inputs> {
  try {
    return await programFor(pulumi.getStack())();
  } catch (error) {
    // Pulumi shows no stack of a RunError, but has Node colour it first; and where a frame is in Pulumi's own sources,
    // Node 20 does so until its memory for strings is full, for ten seconds and more (nodejs/node#64011).
    if (pulumi.RunError.isInstance(error)) error.stack = "";
    throw error;
  }
}

export = run;
