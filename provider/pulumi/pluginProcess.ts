import * as net from "node:net";

/** Whether this process is a plugin that an engine has started. */
export function isPlugin(): boolean {
  return engineAddress(process.argv) !== undefined;
}

/**
 * Whether a process is a Pulumi plugin whose engine has died. A killed engine leaves its plugins running, and what they
 * still do is recorded nowhere.
 *
 * @param argv The process's command line. Default: this process's.
 */
export async function engineIsGone(argv: readonly string[] = process.argv): Promise<boolean> {
  const address = engineAddress(argv);
  return address !== undefined && !(await answers(address));
}

/** Where a plugin's engine listens: the last word of the plugin's command line. */
export function engineAddress(argv: readonly string[]): { host: string; port: number } | undefined {
  const script = argv.findIndex((word) => /[\\/]cmd[\\/]dynamic-provider([\\/]|$)/.test(word));
  const [, host, port] = /^([\w.]+|\[[\da-f:]+\]):(\d+)$/.exec(argv[script + 1] ?? "") ?? [];
  return script < 0 || host === undefined ? undefined : { host: host.replace(/[[\]]/g, ""), port: Number(port) };
}

function answers(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    // Only a refusal is proof; any other error may be a passing failure of this machine.
    socket.once("connect", end(true));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code !== "ECONNREFUSED")());
  });
}
