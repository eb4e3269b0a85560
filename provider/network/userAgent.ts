import { readFileSync } from "node:fs";

// The package's own name finds its package.json from the sources and from the build alike.
export const { version } = JSON.parse(readFileSync(require.resolve("pulumi-mailmodo/package.json"), "utf8")) as {
  version: string;
};

/** Names this package to servers, so that a firewall can allow it and a log can tell it from others. */
export const USER_AGENT = `pulumi-mailmodo/${version}`;
