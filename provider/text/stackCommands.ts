import { PREVIEW_SETTINGS, previewOf, stackOption } from "./configCommand";
import { quoted, shellWord } from "./shellWord";

/** The command that runs the program for this process's stack: in a preview that of `previews`, which has its settings. */
export function upCommand(env: NodeJS.ProcessEnv = process.env): string {
  return previewsCommand("up", env) ?? "pulumi up";
}

/** The command that destroys this process's stack: in a preview it recovers and removes it, too. */
export function destroyCommand(env: NodeJS.ProcessEnv = process.env): string {
  return previewsCommand("down", env) ?? "pulumi destroy";
}

/**
 * The command that removes a resource from the state.
 *
 * @param option Which stack, with a space after it. Default: this process's.
 */
export function forgetCommand(urn = "<urn>", option = stackOption()): string {
  return `pulumi state delete ${option}${quoted(urn)}`;
}

/** The command that lists the URNs of the stack's resources. */
export function urnsCommand(env: NodeJS.ProcessEnv = process.env): string {
  return `pulumi stack ${stackOption(env)}--show-urns`;
}

/** Undefined in a stack of the user's. */
function previewsCommand(verb: "up" | "down", env: NodeJS.ProcessEnv): string | undefined {
  const preview = previewOf(env);
  if (preview === undefined) return undefined;
  return `npx pulumi-mailmodo previews ${verb} --name ${preview.name}${settingsOption(preview.file)}`;
}

/** The option that names the settings of previews, with a space before it. Of those that are used without it: none. */
export function settingsOption(file = PREVIEW_SETTINGS): string {
  return file === PREVIEW_SETTINGS ? "" : ` --settings ${shellWord(file)}`;
}
