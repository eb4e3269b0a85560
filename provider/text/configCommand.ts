import { shellWord } from "./shellWord";

/**
 * The variable in which `previews` names a preview to its processes: a {@link NamedStack}, as JSON. Without it, the commands
 * in messages would act on the stack that the user has selected.
 */
const PREVIEW = "PULUMI_MAILMODO_PREVIEW";

/** The variable for the same where a command of this package works on a stack that was named to it. */
export const NAMED_STACK = "PULUMI_MAILMODO_NAMED_STACK";

/** The file with the settings of every preview, unless an option names another. */
export const PREVIEW_SETTINGS = "Pulumi.preview.yaml";

interface NamedStack {
  readonly name: string;
  /** The file with its settings, if it does not have its own. */
  readonly file?: string | undefined;
}

/** The environment in which messages name a preview. */
export function previewEnvironment(name: string, file: string): NodeJS.ProcessEnv {
  return { [PREVIEW]: JSON.stringify({ name, file }) };
}

/** The preview that this process is one of, if it is. */
export function previewOf(env: NodeJS.ProcessEnv): NamedStack | undefined {
  return parse(env[PREVIEW]);
}

/**
 * Lets each message of this process name a stack in its `pulumi config set`: the user may have selected another one.
 *
 * @param file The stack's settings, if it does not have its own.
 */
export function nameStack(name: string | undefined, file?: string, env: NodeJS.ProcessEnv = process.env): void {
  if (name !== undefined) env[NAMED_STACK] = JSON.stringify({ name, file });
}

/** The options that a `pulumi config set` in a message needs, with a space after them. For the selected stack: none. */
export function stackOptions(env: NodeJS.ProcessEnv = process.env): string {
  const file = stackOf(env)?.file;
  return file === undefined ? stackOption(env) : `${stackOption(env)}--config-file ${shellWord(file)} `;
}

/** The same for a command that needs no settings. */
export function stackOption(env: NodeJS.ProcessEnv = process.env): string {
  const stack = stackOf(env);
  return stack === undefined ? "" : `--stack ${shellWord(stack.name)} `;
}

function stackOf(env: NodeJS.ProcessEnv): NamedStack | undefined {
  return previewOf(env) ?? parse(env[NAMED_STACK]);
}

function parse(text: string | undefined): NamedStack | undefined {
  return text ? (JSON.parse(text) as NamedStack) : undefined;
}

/** How to set the API key. In a preview never by a command, which would encrypt it for that one preview. */
export function keyCommand(env: NodeJS.ProcessEnv = process.env): string {
  return isInPreview(env)
    ? "put it in MAILMODO_API_KEY"
    : `pulumi config set ${stackOptions(env)}--secret mailmodo:apiKey <key>`;
}

/** Whether this process is one of a preview's. */
export function isInPreview(env: NodeJS.ProcessEnv = process.env): boolean {
  return previewOf(env) !== undefined;
}
