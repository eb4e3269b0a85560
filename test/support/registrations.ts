// The engine is mocked here by the SDK's own setMocks, to see what a program registers.
import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/**
 * Runs a program, to the end of a promise that it returns, and gives what it registered.
 *
 * @param computed What a provider adds to a resource's inputs. Default: nothing.
 */
export async function registrations(
  program: () => unknown,
  config: Record<string, string> = {},
  computed: (resource: Registered) => Record<string, unknown> = () => ({}),
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const resource = { type, name, inputs: inputs as Record<string, unknown> };
        if (type !== "pulumi:pulumi:Stack") registered.push(resource);
        return { id: `${name}-id`, state: { ...resource.inputs, ...computed(resource) } };
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
