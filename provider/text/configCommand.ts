/**
 * The variable in which `previews` hands the options of `pulumi config` to the processes of a preview. Without them, the
 * command would change the stack that the user has selected.
 */
export const STACK_OPTIONS = "PULUMI_MAILMODO_STACK_OPTIONS";

/** The variable for the same where a command of this package works on a stack that was named to it. */
export const NAMED_STACK_OPTIONS = "PULUMI_MAILMODO_NAMED_STACK_OPTIONS";

/** The file with the settings of every preview, unless an option names another. */
export const PREVIEW_SETTINGS = "Pulumi.preview.yaml";

/** The options that a `pulumi config set` in a message needs, with a space after them. For the selected stack: none. */
export function stackOptions(env: NodeJS.ProcessEnv = process.env): string {
  const options = env[STACK_OPTIONS] || env[NAMED_STACK_OPTIONS];
  return options ? `${options} ` : "";
}

/** The same for a command that needs no settings. */
export function stackOption(env: NodeJS.ProcessEnv = process.env): string {
  return /^--stack \S+ /.exec(stackOptions(env))?.[0] ?? "";
}

/**
 * Lets each message of this process name a stack in its `pulumi config set`: the user may have selected another one.
 *
 * @param file The stack's settings, if it does not have its own.
 */
export function nameStack(stack: string | undefined, file?: string, env: NodeJS.ProcessEnv = process.env): void {
  if (stack === undefined) return;
  env[NAMED_STACK_OPTIONS] = file === undefined ? `--stack ${shellWord(stack)}` : optionsOfPreview(stack, file);
}

/** The options with which `pulumi config set` changes the settings of a preview. */
export function optionsOfPreview(stack: string, file: string): string {
  return `--stack ${shellWord(stack)} --config-file ${shellWord(file)}`;
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** How to set the API key. In a preview never by a command, which would encrypt it for that one preview. */
export function keyCommand(env: NodeJS.ProcessEnv = process.env): string {
  return isInPreview(env)
    ? "put it in MAILMODO_API_KEY"
    : `pulumi config set ${stackOptions(env)}--secret mailmodo:apiKey <key>`;
}

/** Whether this process is one of a preview's. */
export function isInPreview(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env[STACK_OPTIONS]);
}
