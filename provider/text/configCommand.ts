/**
 * The variable in which `previews` hands the options of `pulumi config` to the processes of a preview. Without them, the
 * command would change the stack that the user has selected.
 */
export const STACK_OPTIONS = "PULUMI_MAILMODO_STACK_OPTIONS";

/** The file with the settings of every preview, unless an option names another. */
export const PREVIEW_SETTINGS = "Pulumi.preview.yaml";

/** The options that a `pulumi config set` in a message needs, with a space after them. In a stack of the user's: none. */
export function stackOptions(env: NodeJS.ProcessEnv = process.env): string {
  const options = env[STACK_OPTIONS];
  return options ? `${options} ` : "";
}

/** The same for a command that needs no settings. */
export function stackOption(env: NodeJS.ProcessEnv = process.env): string {
  return /^--stack \S+ /.exec(stackOptions(env))?.[0] ?? "";
}

/** The options with which `pulumi config set` changes the settings of a preview. */
export function optionsOfPreview(stack: string, file: string): string {
  const word = /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
  return `--stack ${stack} --config-file ${word}`;
}

/** How to set the API key. In a preview never by a command, which would encrypt it for that one preview. */
export function keyCommand(env: NodeJS.ProcessEnv = process.env): string {
  return isInPreview(env) ? "put it in MAILMODO_API_KEY" : "pulumi config set --secret mailmodo:apiKey <key>";
}

/** Whether this process is one of a preview's. */
export function isInPreview(env: NodeJS.ProcessEnv = process.env): boolean {
  return stackOptions(env) !== "";
}
