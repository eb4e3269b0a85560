import { previewOf } from "../../text/configCommand";
import { destroyCommand, upCommand } from "../../text/stackCommands";
import type { RecoverOptions } from "./recoverOptions";

/**
 * How to recover again: "recover again", or a command.
 *
 * @param option The option with which a person asserts something. Default: none.
 */
export type Again = (option?: string) => string;

/** What commands of this package may ask of a recovery besides. */
export interface InternalOptions extends RecoverOptions {
  /** Default: the words of `recover` itself. */
  readonly again?: Again;
}

/** What the messages of a recovery name to be run next. In a preview, what has its settings. */
export interface NextCommands {
  readonly up: string;
  /** In a preview, it recovers too. */
  readonly destroy: string;
  readonly again: Again;
  /** The name of the preview that is recovered. Undefined: it is a stack of the user's. */
  readonly preview?: string;
}

export function nextCommands({ env = process.env, again = recoverAgain }: InternalOptions): NextCommands {
  const preview = previewOf(env);
  return {
    up: upCommand(env),
    destroy: destroyCommand(env),
    again,
    ...(preview === undefined ? {} : { preview: preview.name }),
  };
}

/** To run a command of Pulumi's for which `previews` has none. In a preview it writes a settings file, which `previews` refuses. */
export function adviceToRun(command: string, { preview }: NextCommands): string {
  return preview === undefined ? command : `${command}, and delete the Pulumi.${preview}.yaml that it makes`;
}

function recoverAgain(option?: string): string {
  return option === undefined ? "recover again" : `run this again with ${option}`;
}
