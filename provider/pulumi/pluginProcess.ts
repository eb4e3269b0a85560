import * as net from "node:net";

/** Whether this process is a plugin that an engine has started. */
export function isPlugin(): boolean {
  return engineAddress(process.argv) !== undefined;
}

/**
 * Whether a process is a Pulumi plugin whose engine has died. A killed engine leaves its plugins running, and nobody
 * records what they do after that.
 *
 * @param argv The process's command line. Default: this process's.
 */
export async function engineIsGone(argv: readonly string[] = process.argv): Promise<boolean> {
  const address = engineAddress(argv);
  return address !== undefined && !(await isListening(address));
}

/** The address at which a plugin's engine listens: the last argument of the plugin's command line. */
export function engineAddress(argv: readonly string[]): { host: string; port: number } | undefined {
  const script = argv.findIndex((word) => /[\\/]cmd[\\/]dynamic-provider([\\/]|$)/.test(word));
  const [, host, port] = /^([\w.]+|\[[\da-f:]+\]):(\d+)$/.exec(argv[script + 1] ?? "") ?? [];
  return script < 0 || host === undefined ? undefined : { host: host.replace(/[[\]]/g, ""), port: Number(port) };
}

function isListening(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const finish = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    // Only a refused connection is proof. Any other error may be a temporary failure of this machine.
    socket.once("connect", finish(true));
    socket.once("error", (error: NodeJS.ErrnoException) => finish(error.code !== "ECONNREFUSED")());
  });
}
