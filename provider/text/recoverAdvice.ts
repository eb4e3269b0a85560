import { isInPreview } from "./configCommand";
import { stackArgument } from "./stackArgument";
import { destroyCommand, settingsOption } from "./stackCommands";

/**
 * How to settle what a killed run left: a sentence without its full stop.
 *
 * @param stack The stack's full name. Undefined if its state does not record it.
 */
export function recoverAdvice(stack: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const next = isInPreview(env) ? "which recovers the preview first" : "which says what to do";
  return `Run ${ownRecoverCommand(stack, env)}, ${next}`;
}

/**
 * The command that recovers a stack that is not a preview.
 *
 * @param stack Its name, in full or as the CLI lists it.
 * @param options What follows the name in the command, with a space before it. Default: nothing.
 */
export function recoverCommand(stack: string, options = ""): string {
  return `npx pulumi-mailmodo recover --stack ${stackArgument(stack)}${options}`;
}

/**
 * The commands that recover a preview, for one who looks at it from outside: what is left of a sentence that begins with
 * "Run" or "Next:". `recover` refuses a preview, because it does not know its settings; and with other settings than
 * before, another Mailmodo would be asked.
 *
 * @param stack Its name, in full or as the CLI lists it.
 * @param more The file with its settings, default: not known; and what else follows the name, with a space before it.
 */
export function previewRecoveryAdvice(
  stack: string,
  { file, options = "" }: { readonly file?: string; readonly options?: string } = {},
): string {
  const preview = `--name ${stackArgument(stack).split("/").at(-1)}${settingsOption(file)}${options}`;
  const settings = file === undefined ? " (add the --settings that it was made with, if any)" : "";
  return `npx pulumi-mailmodo previews up ${preview}, or previews down ${preview}${settings}`;
}

/** What to do about notes of starts that are damaged, or need another key. */
export function unreadAdvice(stack: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  return (
    `Run ${ownRecoverCommand(stack, env)}, with the API key of that time in MAILMODO_API_KEY if it was rotated. If that cannot ` +
    "read them either, look at the journeys in Mailmodo, abort there what should not run, and delete the file."
  );
}

/**
 * What to do about a file that may hold notes and cannot be read.
 *
 * @param code The operating system's.
 */
export function unreadableAdvice(code: string): string {
  return code === "EACCES" || code === "EPERM"
    ? "Recover as the user who owns it."
    : "Look at it: if it is damaged, or not of this package, move it to another folder.";
}

/** What to do about a contact that may have been added and is not recorded. */
export function unrecordedAdvice(stack: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const command = ownRecoverCommand(stack, env);
  const archives = "archives the contact if its values show that this run made it.";
  return isInPreview(env)
    ? `${command} ${archives}`
    : `If you do not run pulumi up again, run ${command} before you remove the stack: it ${archives}`;
}

/**
 * The command that settles what a killed run left. In a preview that is `previews down`: `recover` refuses a preview, and
 * `previews up` does not go on while something is left that only a destroy or a person can settle.
 */
function ownRecoverCommand(stack: string | undefined, env: NodeJS.ProcessEnv): string {
  if (isInPreview(env)) return destroyCommand(env);
  return recoverCommand(stack ?? "<name>");
}

/** Why a contact is not archived yet that another stack may have: nobody may have it once that is settled. */
export function reasonToWaitFor(stack: string): string {
  return `a run of the stack ${stack} is starting a journey for it or adding it, or was killed in that`;
}

/** How to settle what a run of another stack left, if it was killed. */
export function adviceOnOtherStack(stack: string): string {
  return `If that run goes on, wait for it. If it was killed, ${otherRecoveryAdvice(stack)}.`;
}

/** How to recover a stack of which it is not known whether it is a preview: a sentence without its beginning and its full stop. */
export function otherRecoveryAdvice(stack: string): string {
  return (
    `run ${recoverCommand(stack)} first, which says what to do; or, if that is a preview, ` +
    previewRecoveryAdvice(stack)
  );
}

/**
 * The same where that stack was removed, or has another name now: the present stack settles what its runs left.
 *
 * @param stack The full name of the present stack.
 */
export function adviceOnGoneStack(gone: string, stack: string | undefined): string {
  return `There is no stack ${gone} any more. ${recoverAdvice(stack)}.`;
}
