import * as pulumi from "@pulumi/pulumi";

/**
 * Makes the SDK record only the first frame of a resource's call stack. By default the state gets the whole stack, with
 * node_modules: a quarter of an enrollment's size. The engine shows only the first frame, the position in the program.
 *
 * Also turns off stack traces meanwhile. The SDK captures one for each of its promises, dozens per resource, and
 * ts-node maps them to the sources: a third of the program's time (measured). They are only read if a promise is never
 * settled.
 *
 * @returns Restores the SDK. Also adds a stack trace to the given error if it was thrown without one.
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

/**
 * The SDK sends the first frame as the resource's position, and all frames as its trace. The trace would only repeat
 * it.
 */
function positionOnly(frames: unknown[]): unknown[] {
  return Object.assign(frames, { map: () => [] });
}
