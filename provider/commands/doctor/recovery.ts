import * as path from "node:path";
import { previewRecoveryAdvice, recoverCommand } from "../../text/recoverAdvice";
import { TAGS } from "../../pulumi/previewTags";
import type { Surroundings } from "./surroundings";

/**
 * The command that recovers the stack.
 *
 * @param option An option to add, with a space before it. Default: none.
 */
export async function recoverCommandOf(surroundings: Surroundings, option = ""): Promise<string> {
  const { name } = await surroundings.knownStack();
  // Without its tags, recover is right for most stacks, and says which command it is for a preview.
  const isOfPreview = await isPreview(surroundings).catch(() => false);
  if (!isOfPreview) return recoverCommand(name, option);
  const { cwd, configFile } = surroundings;
  // Relative to the project's folder, as the option of previews is.
  const file = configFile === undefined ? {} : { file: path.relative(cwd, path.resolve(configFile)) };
  return previewRecoveryAdvice(name, { ...file, options: option });
}

/** Whether the stack is a preview: its tags say so, and its settings are not its own. */
export function isPreview(surroundings: Surroundings): Promise<boolean> {
  return surroundings.once("preview", async () => {
    const { name } = await surroundings.knownStack();
    const args = ["stack", "tag", "ls", "--json", "--stack", name];
    return TAGS.created in (JSON.parse(await surroundings.cli.read("read the stack's tags", args)) as object);
  });
}
