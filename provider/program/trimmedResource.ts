import * as pulumi from "@pulumi/pulumi";

/**
 * A resource of which the SDK records only the first frame of its call stack. By default the state gets the whole trace,
 * with node_modules: a quarter of an enrollment's size. The engine shows only the first frame, the position in the
 * program.
 *
 * Also turns off stack traces meanwhile. The SDK captures one for each of its promises, dozens per resource, and ts-node
 * maps them to the sources: a third of the program's time (measured). They are only read if a promise is never settled.
 *
 * @internal
 */
export abstract class TrimmedResource extends pulumi.CustomResource {
  /** @param inputs Makes the inputs, while stack traces are off: it may make promises too. */
  constructor(type: string, name: string, inputs: () => pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const restore = trimStackTraces();
    try {
      super(type, name, inputs(), opts);
    } catch (error) {
      restore();
      // A hidden stack trace is empty, without even the line of the message.
      if (error instanceof Error && error.stack && !error.stack.includes("\n    at ")) Error.captureStackTrace(error);
      throw error;
    }
    restore();
  }
}

/** Makes something of promises, without a stack trace for each of them. */
export function withoutStackTraces<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The SDK skips its own frames and one constructor. This class's constructor and the function below come in addition. */
const OWN_FRAMES = 2;

/** @returns Restores the SDK and the length of stack traces. */
function trimStackTraces(): () => void {
  const sdk = pulumi.Resource as unknown as { stackTrace?: (skip: number) => unknown[] };
  const { stackTrace } = sdk;
  const { stackTraceLimit } = Error;
  if (stackTrace !== undefined) sdk.stackTrace = (skip) => positionOnly(stackTrace(skip + OWN_FRAMES).slice(0, 1));
  Error.stackTraceLimit = 0;
  return () => {
    if (stackTrace !== undefined) sdk.stackTrace = stackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  };
}

/**
 * The SDK sends the first frame as the resource's position, and all frames as its trace. The trace would only repeat
 * it.
 */
function positionOnly(frames: unknown[]): unknown[] {
  return Object.assign(frames, { map: () => [] });
}
