import { belongsTo, type StackIdentity } from "../../journal/stackIdentity";
import { backendOf } from "../../pulumi/backend";
import { parseStackName } from "../../pulumi/stackName";
import { known } from "./finding";
import type { Surroundings } from "./surroundings";

/** A test for whether an identity in a note is the stack's. If the CLI omits the organization, any counts. */
export async function identityOf(surroundings: Surroundings): Promise<(identity: StackIdentity) => boolean> {
  const { env, cwd } = surroundings;
  const { name } = await surroundings.knownStack();
  const { project } = await known(surroundings.program(), "There is no project here.");
  const url = await known(surroundings.backend(), "The backend cannot be read.");
  const backend = backendOf({ env, folder: cwd, askCli: () => url });
  const { organization, stack } = parseStackName(name);
  const own = { backend, project: project.name, stack };
  return (identity) => {
    const shown = organization ?? identity.organization;
    return belongsTo(identity, { ...own, ...(shown === undefined ? {} : { organization: shown }) });
  };
}
