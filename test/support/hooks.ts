import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

// What the caller's shell has set must not decide how a test ends: no key, no account of AWS's, and a home of Pulumi's for this run alone.
const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"));
delete process.env["MAILMODO_API_KEY"];
for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
process.env["PULUMI_HOME"] = home;
process.once("exit", () => fs.rmSync(home, { recursive: true, force: true }));

// What makes the thousand and more processes of Pulumi that the tests start a seventh cheaper, and changes nothing else.
const flags = JSON.stringify(path.join(__dirname, "v8Flags.js"));
Object.assign(process.env, {
  NODE_OPTIONS: [process.env["NODE_OPTIONS"], `--require ${flags}`].filter(Boolean).join(" "),
  NODE_COMPILE_CACHE: path.resolve(__dirname, "../../node_modules/.cache/node-tests"),
  // They are read at each start, and nothing here speaks TLS to the world.
  NODE_EXTRA_CA_CERTS: "",
  // The CLI is gone before its garbage would need the room.
  GOGC: "off",
  GOMEMLIMIT: "1GiB",
});
