import * as pulumi from "@pulumi/pulumi";
import { hideStack } from "../text/hideStack";

/**
 * A mistake in the program: the run fails with its one line. Pulumi shows no stack of a RunError, but has Node colour it
 * first. Where a frame is in Pulumi's own sources, Node 22 does so until its memory for strings is full, for ten seconds
 * and more (nodejs/node#64011, fixed in 24).
 */
export function programError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  hideStack(error);
  return error;
}
