import * as pulumi from "@pulumi/pulumi";

/** What runs for a stack: its outputs. Loaded only when picked, so that no stack pays for another's imports. */
type Program = () => Promise<pulumi.Inputs>;

const programs: Readonly<Record<string, Program>> = {
  cohort: async () => (await import("./cohort")).program(),
  dev: async () => (await import("./dev")).program(),
  foundation: async () => (await import("./foundation")).program(),
  preview: async () => (await import("./preview")).program(),
  sandbox: async () => (await import("./sandbox")).program(),
};

/** @param name That of a program, which is also that of its stack, unless the stack's config names another. */
function programFor(name: string): Program {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (program === undefined) {
    throw new pulumi.RunError(
      `No program for the stack "${name}". There are: ${Object.keys(programs).join(", ")}. Add it in stacks/index.ts.`,
    );
  }
  return program;
}

async function run(): Promise<pulumi.Inputs> {
  try {
    return await programFor(new pulumi.Config().get("program") ?? pulumi.getStack())();
  } catch (error) {
    // Pulumi shows no stack of a RunError, but has Node colour it first. Where a frame is in Pulumi's own sources, Node 22
    // does so until its memory for strings is full, for ten seconds and more (nodejs/node#64011, fixed in 24).
    if (pulumi.RunError.isInstance(error)) error.stack = "";
    throw error;
  }
}

export = run;
