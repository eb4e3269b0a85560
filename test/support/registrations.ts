// The engine is mocked here by the SDK's own setMocks, to see what a program registers.
import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Runs a program and gives what it registered. */
export async function registrations(program: () => void, config: Record<string, string> = {}): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        if (type !== "pulumi:pulumi:Stack") registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
      call: () => ({}),
    },
    "seeds",
    "pr-7",
    true,
  );
  pulumi.runtime.setAllConfig(config);
  await pulumi.runtime.runInPulumiStack(async () => program());
  // Waits for what is still being registered.
  await pulumi.runtime.disconnect();
  return registered;
}
