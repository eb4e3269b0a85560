import * as pulumi from "@pulumi/pulumi";

/**
 * The SDK records each resource's whole call stack in the state, node_modules included: a quarter of an enrollment's
 * size. The place in the program, which is what the engine shows, is its first frame.
 *
 * And it takes the stack of each promise of its own, by the dozen for a resource, which ts-node then looks up in source
 * maps: a third of the program's time (measured). They are read where a promise is never settled, and are left empty.
 *
 * @returns Puts the SDK back as it was. An error that left it without a stack is given one.
 */
export function keepTopFrameOnly(): (error?: unknown) => void {
  const sdk = pulumi.Resource as unknown as { stackTrace?: (skip: number) => unknown[] };
  const { stackTrace } = sdk;
  const { stackTraceLimit } = Error;
  if (stackTrace !== undefined) sdk.stackTrace = (skip) => positionOnly(stackTrace(skip + 1).slice(0, 1));
  Error.stackTraceLimit = 0;
  return (error) => {
    if (stackTrace !== undefined) sdk.stackTrace = stackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    // A hidden stack is empty, without even the line of the message.
    if (error instanceof Error && error.stack && !error.stack.includes("\n    at ")) Error.captureStackTrace(error);
  };
}

/** The SDK sends the first frame as the resource's position, and all of them as its trace, which would only repeat it. */
function positionOnly(frames: unknown[]): unknown[] {
  return Object.assign(frames, { map: () => [] });
}
