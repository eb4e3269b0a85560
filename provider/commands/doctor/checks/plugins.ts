import { onPath, pluginFile } from "../../../pulumi/bundledPlugins";
import { failure, known, ok, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

/**
 * Whether the CLI finds the two plugins without which no program of this kind runs: the host of its language, and what
 * runs this package. They come with the CLI, which downloads neither.
 */
export const checkPlugins: Check<Surroundings> = {
  name: "Pulumi plugins",
  async run(surroundings) {
    const { env, cwd } = surroundings;
    await known(surroundings.cliVersion(), "The Pulumi CLI does not run.");
    const { runtime, ownHosts } = await known(surroundings.program(), "There is no project here.");
    // The line on the program says that it cannot be of another language.
    if (runtime !== "nodejs" && runtime !== "bun") return [];
    const host = ownHosts.includes(runtime) ? [] : [`pulumi-language-${runtime}`];
    const wanted = [...host, "pulumi-resource-pulumi-nodejs"];
    const missing = wanted.filter((name) => pluginFile(name, env, cwd) === undefined);
    return missing.length === 0 ? ok(`Found: ${wanted.join(", ")}.`) : missing.map((name) => withoutIt(name, env));
  },
};

function withoutIt(name: string, env: NodeJS.ProcessEnv): Finding {
  const next = "Install the whole of Pulumi again, and leave its files together: https://www.pulumi.com/docs/install.";
  const cli = onPath("pulumi", env);
  if (cli?.isItself === true) {
    return failure(`${name} is neither on PATH nor beside ${cli.file}, so neither a preview nor an up works.`, next);
  }
  return warning(
    `${name} is not on PATH, and ${cli?.file ?? "what is called pulumi"} seems to start the CLI from elsewhere.`,
    `If a run says that the plugin is missing: ${next}`,
  );
}
