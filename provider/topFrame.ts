import * as pulumi from "@pulumi/pulumi";

/**
 * The SDK records each resource's whole call stack in the state, node_modules included: a quarter of an enrollment's
 * size. The place in the program, which is what the engine shows, is its first frame.
 *
 * @returns Puts the SDK back as it was.
 */
export function keepTopFrameOnly(): () => void {
  const sdk = pulumi.Resource as unknown as { stackTrace?: (skip: number) => unknown[] };
  const original = sdk.stackTrace;
  if (original === undefined) return () => undefined;
  sdk.stackTrace = (skip) => original(skip + 1).slice(0, 1);
  return () => {
    sdk.stackTrace = original;
  };
}
