/** Where states are in S3, and how to reach it. */
export interface BucketLocation {
  readonly name: string;
  /** Before each key: empty, or a path that ends in a slash. */
  readonly prefix: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  /** Whether the bucket's name is in the path of a URL, not in the host's name. */
  readonly isInPath: boolean;
}

/**
 * The bucket of a backend's URL, as the CLI reads it: `s3://bucket/prefix?region=…`.
 *
 * @returns Undefined if it is no bucket of S3, or has a parameter of which it is not known here what it changes.
 */
export function bucketOf(url: string, env: NodeJS.ProcessEnv): BucketLocation | undefined {
  if (!url.startsWith("s3://") || !URL.canParse(url)) return undefined;
  const { hostname: name, pathname, searchParams } = new URL(url);
  if (name === "" || [...searchParams.keys()].some((parameter) => !KNOWN.has(parameter))) return undefined;
  const prefix = decodeURIComponent(pathname).replace(/^\/+/, "").replace(/[^/]$/, "$&/");
  const region = searchParams.get("region") || env["AWS_REGION"] || env["AWS_DEFAULT_REGION"];
  const endpoint = searchParams.get("endpoint") || env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"];
  const profile = searchParams.get("profile");
  if (endpoint && !/^https?:\/\//.test(endpoint)) return undefined;
  return {
    name,
    prefix,
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    // The bucket's part of a stand-in's host name hardly ever has an address.
    isInPath: PATH_STYLE.some((parameter) => searchParams.get(parameter) === "true") || Boolean(endpoint),
  };
}

const PATH_STYLE = ["use_path_style", "s3ForcePathStyle"];

/** The others of these say how to write, or which of AWS's SDKs the CLI uses. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["region", "endpoint", "profile", ...PATH_STYLE],
  ...["awssdk", "hostname_immutable", "kmskeyid", "ssetype"],
]);
