// Runs a command of node_modules/.bin with a Node.js that the project supports: the caller's own or, where that is too
// old, the pinned one. NAME=value before the command sets a variable, on every platform. Plain JavaScript, because what
// reads it first may be an old Node.js.
const { spawn } = require("node:child_process");
const path = require("node:path");

const OLDEST_SUPPORTED = 22;
const root = path.resolve(__dirname, "..");

/** The folder of a Node.js that will do. */
async function nodeFolder() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_SUPPORTED) return path.dirname(process.execPath);
  require("ts-node").register({ transpileOnly: true, cwd: root });
  return require("./node/node.ts").findNode();
}

async function main(words) {
  const variables = {};
  while (/^[A-Z_]+=/.test(words[0])) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(words.shift());
    variables[name] = value;
  }
  const [command, ...args] = words;
  if (command === undefined)
    throw new Error("Usage: node tools/withNode.js [NAME=value …] <command of node_modules/.bin> [arguments]");
  const folders = [path.join(root, "node_modules", ".bin"), await nodeFolder(), process.env.PATH];
  const child = spawn(command, args, {
    stdio: "inherit",
    // On Windows what lies in .bin is a script for the shell.
    shell: process.platform === "win32",
    env: {
      NODE_COMPILE_CACHE: path.join(root, "node_modules", ".cache", "node"),
      ...process.env,
      ...variables,
      // ts-node's own cache of compiled code takes the place of Node's.
      DISABLE_V8_COMPILE_CACHE: "1",
      PATH: folders.join(path.delimiter),
    },
  });
  // A terminal's interrupt reaches the command too; its exit code is what counts.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", fail);
  child.on("exit", (code, signal) => {
    if (signal === null) return process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
