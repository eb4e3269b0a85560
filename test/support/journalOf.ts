import * as path from "node:path";

/** The folder of the journal that runs with this environment write: below Pulumi's home. */
export function journalOf({ PULUMI_HOME }: NodeJS.ProcessEnv): string {
  return path.join(PULUMI_HOME!, "mailmodo-journal");
}
