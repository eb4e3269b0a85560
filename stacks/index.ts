import * as pulumi from "@pulumi/pulumi";

/** What runs for a stack: its outputs. Loaded only when picked, so that no stack pays for another's imports. */
type Program = () => Promise<pulumi.Inputs>;

const programs: Readonly<Record<string, Program>> = {
  cohort: async () => (await import("./cohort")).program(),
  dev: async () => (await import("./dev")).program(),
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

export = programFor(new pulumi.Config().get("program") ?? pulumi.getStack());
