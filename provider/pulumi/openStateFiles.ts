import { backendFolder } from "./backend";
import { bucketOf } from "./stateBucketUrl";
import type { StateFiles } from "./stateFiles";
import { StateFolder } from "./stateFolder";

/**
 * Opens the files of a backend.
 *
 * @param url The backend's URL.
 * @param cwd What a relative path in the URL is relative to.
 * @returns Undefined if only the CLI can read the backend: one of another kind, or with parameters that are not known here.
 */
export async function openStateFiles(
  url: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<StateFiles | undefined> {
  if (url.startsWith("file://")) return new StateFolder(backendFolder(url, cwd));
  const bucket = bucketOf(url, env);
  if (bucket === undefined) return undefined;
  // Loaded here, because it loads AWS's client.
  const { StateBucket } = await import("./stateBucket");
  return new StateBucket(bucket);
}
