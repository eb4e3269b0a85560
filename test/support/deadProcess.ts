import { spawnSync } from "node:child_process";
import { identify, type ProcessIdentity } from "../../provider/processes/processIdentity";

/** A process of this machine that has ended. */
export function deadProcess(): ProcessIdentity {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return { ...identify()!, pid };
}
