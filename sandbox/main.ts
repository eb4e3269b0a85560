import { hostname } from "node:os";
import { command, type Flags } from "./flags";
import type { Deliver } from "./mail/mail";
import { SANDBOX_KEY } from "./options";
import type { Sandbox } from "./sandbox";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const AGAIN_AFTER_MS = 1_000;

void main(command.parse().opts<Flags>());

async function main(flags: Flags): Promise<void> {
  try {
    const sandbox = await createFrom(flags);
    closeOnSignal(sandbox);
    const url = await listen(sandbox, flags);
    print(url, flags);
    if (flags.open === true) await openPage(url);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

/**
 * Closes the sandbox at the first signal. Another one ends the process at once, except within a second: a terminal sends
 * SIGINT to npx and to this process alike, and npm forwards its own.
 */
function closeOnSignal(sandbox: Sandbox): void {
  let isClosing = false;
  const close = () => {
    if (isClosing) return;
    isClosing = true;
    setTimeout(() => SIGNALS.forEach((signal) => process.off(signal, close)), AGAIN_AFTER_MS).unref();
    void sandbox.close();
  };
  for (const signal of SIGNALS) process.on(signal, close);
}

/** Everything is loaded when it is needed, so that the help and a wrong option come at once. */
async function createFrom(flags: Flags): Promise<Sandbox> {
  const { createSandbox } = await import("./sandbox");
  const {
    apiKey,
    journeyHours,
    profile,
    profileFile,
    journeys,
    rate,
    seed,
    store,
    deliver,
    host,
    allowHost = [],
  } = flags;
  return createSandbox({
    apiKey,
    journeyDurationMs: journeyHours * 3_600_000,
    hosts: [host, hostname(), ...allowHost],
    ...(profileFile === undefined ? { profile } : await profileIn(profileFile)),
    ...(journeys === undefined ? {} : { journeys: (await import("./mail/journeys")).readJourneys(journeys) }),
    ...(deliver === undefined ? {} : { deliver: await bucketDelivery(deliver) }),
    ...(rate === undefined ? {} : { rate }),
    ...(seed === undefined ? {} : { seed }),
    ...(store === undefined ? {} : { store }),
  });
}

async function profileIn(profileFile: string) {
  const { readProfileFile } = await import("./state/profileFile");
  return { profile: readProfileFile(profileFile), profileFile };
}

async function listen(sandbox: Sandbox, { host, port }: Flags): Promise<string> {
  try {
    return await sandbox.listen({ host, port });
  } catch (error) {
    await sandbox.close();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Error(`Port ${port} is in use. Use a free one: mailmodo-sandbox --port 0`, { cause: error });
    }
    const why = { EACCES: "it is not allowed", EADDRNOTAVAIL: "this machine does not have that address" }[code ?? ""];
    throw new Error(`Could not listen on ${host}, port ${port}: ${why ?? message}. Use another --host or --port.`, {
      cause: error,
    });
  }
}

function print(url: string, { apiKey, host, store }: Flags): void {
  // A key of the user's may be a real one, and what is printed may be kept in a log.
  const [key, typed] =
    apiKey === SANDBOX_KEY ? [`key ${SANDBOX_KEY}`, SANDBOX_KEY] : ["key: the one of --api-key", "<your key>"];
  console.log(`Sandbox at ${url}, ${key}. Stop it with Ctrl-C.
Page: ${url}/
Point a new stack at it:
  pulumi config set mailmodo:baseUrl ${url}
  pulumi config set --secret mailmodo:apiKey ${typed}`);
  if (store !== undefined) {
    console.log(
      `It keeps everything in ${store}, except faults, profile and requests. Copy that file only after a stop by Ctrl-C.`,
    );
  }
  if (!isLoopback(host)) {
    console.error(
      `Warning: it listens on ${host}, so that others on the network can read and change everything in it.`,
    );
  }
}

async function openPage(url: string): Promise<void> {
  try {
    const { default: open } = await import("open");
    const browser = await open(url);
    browser.on("error", ({ message }) => console.error(`Could not open a browser: ${message}. Open ${url}/ yourself.`));
  } catch (error) {
    console.error(`Could not open a browser: ${(error as Error).message}. Open ${url}/ yourself.`);
  }
}

/** Loaded only if needed, because the AWS SDK is large, and an optional peer. */
async function bucketDelivery(url: string): Promise<Deliver> {
  try {
    const { toBucket } = await import("./mail/delivery");
    return toBucket(url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error("--deliver needs the AWS SDK. Install it beside the sandbox: npm install @aws-sdk/client-s3", {
      cause: error,
    });
  }
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name === "::1" || name.startsWith("127.");
}
