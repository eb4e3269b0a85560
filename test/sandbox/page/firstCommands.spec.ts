import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectCommands, stackCommands, startCommand } from "../../../sandbox/page/model/firstCommands";

const target = { origin: "http://127.0.0.1:8025", key: "<the key's words>", journeyId: "journey-1" };
const STACK = [
  "pulumi stack init sandbox",
  "pulumi config set mailmodo:baseUrl http://127.0.0.1:8025",
  "pulumi config set --secret mailmodo:apiKey <the key's words>",
  'pulumi config set mailmodo:allowedRecipients ["*@seeds.example.com"]',
  "pulumi up --yes",
];

describe("The commands of the sandbox's page on a first visit", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "first-commands-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Gives a shell the commands as a paste does: each program reads from the same input, and swallows what is left there. */
  function pasted(commands: string): string[] {
    const tool = 'echo "$name $*" >> ran; cat > /dev/null';
    const tools = ["pulumi", "npm", "curl"].map((name) => `${name}() { name=${name}; ${tool}; }\n`).join("");
    execFileSync("sh", [], { cwd: folder, input: `${tools}${commands}\n` });
    return fs.readFileSync(path.join(folder, "ran"), "utf8").trimEnd().split("\n");
  }

  it("start a journey at this sandbox", () => {
    assert.deepEqual(pasted(startCommand(target)), [
      "curl --header mmApiKey: <the key's words> --header Content-Type: application/json " +
        '--data {"email":"qa@seeds.example.com","data":{"firstName":"Ada"}} http://127.0.0.1:8025/hooks/start/journey-1',
    ]);
  });

  it("run a program in a stack of its own, all of them in one paste", () => {
    assert.deepEqual(pasted(stackCommands(target)), STACK);
  });

  it("make a project, all of it in one paste", () => {
    const npm = ["npm init --yes", "npm install @pulumi/pulumi pulumi-mailmodo"];
    assert.deepEqual(pasted(projectCommands(target)), [...npm, ...STACK]);
    const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
    assert.equal(read("Pulumi.yaml"), "name: first-seeds\nruntime: nodejs\n");
    assert.match(read("index.js"), /journeyId: "journey-1",\n {2}email: stackAddress\("qa@seeds.example.com"\),/);
  });
});
