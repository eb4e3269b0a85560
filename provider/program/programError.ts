import * as pulumi from "@pulumi/pulumi";
import { hideStackTrace } from "../text/hideStackTrace";

/**
 * A mistake in the program: the run fails with this one line. Pulumi does not show the stack trace of a RunError, but
 * lets Node colorize it first. If a frame is in Pulumi's own sources, Node 22 does that until its memory for strings is
 * full, which takes ten seconds or more (nodejs/node#64011, fixed in 24). So the stack trace is removed.
 */
export function programError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  hideStackTrace(error);
  return error;
}
