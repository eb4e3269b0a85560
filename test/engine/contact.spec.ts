import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { recover } from "../../provider/commands/recover/recover";
import { useProject, writtenFiles } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

const ada = "ada+seeds.test@seeds.example.com";
const jane = "jane@seeds.example.com";

const CONTACT = (more = "", list = "Seeds", first = "Ada") => `
  const ada = new Contact("ada", {
    email: stackAddress("ada@seeds.example.com"), list: "${list}", data: { first_name: "${first}" },
  });
  ${more}
`;
const ENROLLED = CONTACT(`new JourneyEnrollment("welcome", { journeyId, email: ada.email });`);
const JANE = (args: string) => `new Contact("jane", { email: "${jane}", list: "Seeds", ${args} });`;

describe("a contact through the real engine", () => {
  const project = useProject(ENROLLED);
  let seen = 0;
  beforeEach(() => (seen = 0));
  /** What the sandbox was asked since the last call. */
  const calls = () => {
    const all = project().sandbox.store.requests();
    const news = all.slice(seen);
    seen = all.length;
    return news.map(({ method, path: url }) => `${method} ${url.split("?")[0]?.split("/").slice(2, 4).join("/")}`);
  };
  const contacts = () =>
    project()
      .sandbox.contacts()
      .map(({ email, lists, data, archived }) => [email, lists, data, archived]);
  const outputs = async () => {
    const { stdout } = await project().succeed("stack", "export");
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
    };
    return deployment.resources.find(({ type }) => type.endsWith(":Contact"))?.outputs;
  };

  it("is added before its enrollment, and archived after it", async () => {
    await project().succeed("preview");
    assert.deepEqual(calls(), []);
    await project().succeed(...UP);
    assert.deepEqual(calls(), [
      "GET v1/getContactDetails",
      "POST v1/addToList",
      "GET v1/getContactDetails",
      "POST start/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
    ]);
    assert.deepEqual(contacts(), [[ada, ["Seeds"], { first_name: "Ada" }, false]]);

    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    assert.deepEqual(calls(), ["GET v1/getContactDetails"]);

    fs.rmSync(path.join(project().dir, "index.js"));
    await project().succeed(...DESTROY);
    assert.deepEqual(calls(), ["POST abort/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", "DELETE v1/contacts"]);
    assert.deepEqual(contacts(), [[ada, ["Seeds"], { first_name: "Ada" }, true]]);
    assert.deepEqual(project().sandbox.running(), []);
  });

  it("changes its values and its list in place", async () => {
    project().program(CONTACT());
    await project().succeed(...UP);
    project().program(CONTACT("", "Others", "Eve"));
    const { stdout } = await project().succeed(...UP, "--diff");
    assert.match(stdout, /~ 1 updated/);
    assert.deepEqual(contacts(), [[ada, ["Others"], { first_name: "Eve" }, false]]);
  });

  it("is replaced by another address, which its enrollment follows", async () => {
    await project().succeed(...UP);
    calls();
    project().program(ENROLLED.replace("ada@", "eve@"));
    await project().succeed(...UP);
    assert.deepEqual(
      calls().map((call) => call.split("/")[0] + (call.includes("contacts") ? " contacts" : "")),
      ["GET v1", "POST v1", "GET v1", "POST abort", "POST start", "DELETE v1 contacts"],
    );
    assert.deepEqual(
      contacts().map(([email, , , archived]) => [email, archived]),
      [
        [ada, true],
        ["eve+seeds.test@seeds.example.com", false],
      ],
    );
  });

  it("shows each kind of drift in a refresh, and the next up repairs the values alone", async () => {
    project().program(CONTACT());
    await project().succeed(...UP);
    const { sandbox } = project();
    sandbox.setContacts([{ email: ada, data: { first_name: "Mallory" }, blocked: true, blockedReason: "Bounced" }]);
    await project().succeed("refresh", "--yes");
    const { data, blocked, blockedReason } = (await outputs())!;
    assert.deepEqual([data, blocked, blockedReason], [{ first_name: "Mallory" }, true, "Bounced"]);
    await project().succeed(...UP);
    assert.deepEqual([(await outputs())!["data"], sandbox.contacts()[0]?.blocked], [{ first_name: "Ada" }, true]);

    sandbox.setContacts([{ email: ada, data: {}, blocked: false, unsubscribed: true, unsubscribeReason: "By a link" }]);
    await project().succeed("refresh", "--yes");
    const now = (await outputs())!;
    assert.deepEqual(
      [now["data"], now["blocked"], now["blockedReason"], now["unsubscribed"], now["unsubscribeReason"]],
      [{}, false, undefined, true, "By a link"],
    );

    sandbox.setContacts([{ email: ada, archived: true }]);
    const { stdout } = await project().succeed("refresh", "--yes");
    assert.match(stdout, /- 1 deleted/);
    assert.equal(await outputs(), undefined);
    await project().succeed(...UP);
    assert.equal(sandbox.contacts()[0]?.archived, false);
  });

  it("is refused where it may be a real person's, and adopted where the program says so", async () => {
    project().sandbox.setContacts([{ email: jane, lists: ["Customers"], data: { last_name: "Doe" } }]);
    project().program(JANE(""));
    const refused = await project().fail(...UP);
    assert.match(refused.output, /The contact j\*\*\*@seeds\.example\.com already exists in Mailmodo/);
    assert.ok(!refused.output.includes(jane));
    assert.equal(await outputs(), undefined);

    project().program(JANE("adopt: true"));
    await project().succeed(...UP);
    assert.equal((await outputs())!["adopted"], true);
    const { output } = await project().succeed("destroy", "--yes", "--skip-preview");
    assert.match(output, /Left the contact j\*\*\*@seeds\.example\.com in Mailmodo\./);
    assert.deepEqual(contacts(), [[jane, ["Customers", "Seeds"], { last_name: "Doe" }, false]]);
  });

  it("is left in Mailmodo while another stack of the project has it", async () => {
    project().program(`
      const jane = new Contact("jane", { email: "${jane}", list: "Seeds", adopt: pulumi.getStack() === "two" });
      if (pulumi.getStack() === "two") new JourneyEnrollment("welcome", { journeyId, email: jane.email });
    `);
    await project().succeed(...UP);
    fs.copyFileSync(path.join(project().dir, "Pulumi.test.yaml"), path.join(project().dir, "Pulumi.two.yaml"));
    await project().succeed("stack", "init", "two", "--no-select");
    project().env["PULUMI_STACK"] = "two";
    await project().succeed(...UP);
    project().env["PULUMI_STACK"] = "test";
    const { output } = await project().succeed(...DESTROY);
    assert.match(output, /Left the contact j\*\*\*@seeds\.example\.com in Mailmodo: the stack two has it\./);
    assert.deepEqual([contacts()[0]?.[3], project().sandbox.running().length], [false, 1]);
  });

  it("is refused where a person signed up after an add that had no effect, and is not archived by recover", async () => {
    const { sandbox } = project();
    project().program(JANE(`data: { first_name: "X" }`));
    sandbox.addFault({ kind: "500", on: "addToList", takesEffect: false });
    await project().fail(...UP);
    sandbox.clearFaults();
    sandbox.setContacts([{ email: jane, lists: ["Customers"], data: { first_name: "Jane" } }]);
    const { output } = await project().fail(...UP);
    assert.match(output, /An earlier run tried to add it, but the values that Mailmodo has of it do not show/);
    await project().succeed(...DESTROY);
    const lines: string[] = [];
    const { archived } = await recover({
      stack: "test",
      cwd: project().dir,
      env: project().env,
      log: (line) => void lines.push(line),
    });
    assert.match(lines.join("\n"), /Left the contact j\*\*\*@seeds\.example\.com alone/);
    assert.deepEqual([archived, contacts()], [0, [[jane, ["Customers"], { first_name: "Jane" }, false]]]);
  });

  it("is not taken over where a person signed up between the look-up and the add", async () => {
    const { sandbox } = project();
    project().program(JANE(""));
    const signUp = ({ url = "" }: { url?: string }) => {
      if (url.includes("addToList"))
        sandbox.setContacts([{ email: jane, lists: ["Customers"], data: { last_name: "Doe" } }]);
    };
    sandbox.app.server.prependListener("request", signUp);
    const { output } = await project().fail(...UP);
    assert.match(output, /The contact j\*\*\*@seeds\.example\.com existed in Mailmodo before it was added/);
    assert.equal(await outputs(), undefined);
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    await recover({ stack: "test", cwd: project().dir, env: project().env, log });
    assert.ok(!lines.join().includes("j***"), lines.join());
    await project().succeed(...DESTROY);
    assert.deepEqual(contacts(), [[jane, ["Customers", "Seeds"], { last_name: "Doe" }, false]]);
  });

  it("is archived by a plain destroy after an add that was not confirmed", async () => {
    project().program(CONTACT());
    project().sandbox.addFault({ kind: "reset-after", on: "addToList" });
    await project().fail(...UP);
    project().sandbox.clearFaults();
    await project().succeed(...DESTROY);
    assert.equal(contacts()[0]?.[3], true);
  });

  it("keeps its contact under another name, with and without an alias", async () => {
    const named = (name: string, opts = "{}") =>
      project().program(`new Contact("${name}", { email: "${jane}", list: "Seeds" }, ${opts});`);
    named("one");
    await project().succeed(...UP);
    named("two", `{ aliases: [{ name: "one" }] }`);
    calls();
    await project().succeed(...UP);
    assert.deepEqual(calls(), []);
    named("three");
    const { output } = await project().succeed(...UP);
    assert.match(output, /another resource of this stack has it/);
    assert.equal(project().sandbox.contacts()[0]?.archived, false);
    await project().succeed(...DESTROY);
    assert.equal(project().sandbox.contacts()[0]?.archived, true);
  });

  it("is not archived by a forced replacement of its own resource", async () => {
    project().program(CONTACT());
    await project().succeed(...UP);
    const urn = "urn:pulumi:test::seeds::pulumi-nodejs:dynamic/mailmodo:Contact::ada";
    await project().succeed(...UP, "--replace", urn);
    assert.equal(project().sandbox.contacts()[0]?.archived, false);
    await project().succeed(...DESTROY);
    assert.equal(project().sandbox.contacts()[0]?.archived, true);
  });

  it("hides a secret address and secret values from the state, the outputs and the errors", async () => {
    project().program(`
      const ada = new Contact("ada", {
        email: pulumi.secret("ada.secret@seeds.example.com"), list: "Seeds", data: { first_name: pulumi.secret("Countess") },
      });
      exports.email = ada.email;
      exports.data = ada.data;
    `);
    const texts = [(await project().succeed(...UP, "--diff")).output];
    project().sandbox.rotateKey("TESTKEY-0000000-0000000-0000002");
    texts.push((await project().fail("refresh", "--yes")).output);
    const refused = await project().fail(...DESTROY);
    assert.match(
      refused.output,
      /Could not archive the contact a\*\*\*@seeds\.example\.com: Mailmodo refused the API key/,
    );
    assert.match(refused.output, /A plain destroy uses the settings of the last up/);
    project().env["MAILMODO_API_KEY"] = "TESTKEY-0000000-0000000-0000002";
    texts.push(
      refused.output,
      (await project().succeed(...DESTROY)).output,
      (await project().succeed("stack", "export")).output,
    );
    for (const text of [
      ...texts,
      ...writtenFiles(path.join(project().dir, "..")).map((file) => fs.readFileSync(file, "utf8")),
    ])
      assert.ok(!/ada\.secret|Countess/.test(text), text);
    assert.equal(project().sandbox.contacts()[0]?.archived, true);
  });

  it("takes values that are not known in preview, in every input", async () => {
    project().program(
      CONTACT(`
        const later = (value) => ada.contactId.apply(() => value);
        new Contact("eve", {
          email: later(stackAddress("eve@seeds.example.com")), list: later("Seeds"), data: later({ seats: 3 }),
          adopt: later(false), onDelete: later("archive"),
        });
      `),
    );
    await project().succeed("preview");
    await project().succeed(...UP);
    assert.equal(contacts().length, 2);
  });
});

describe("a contact whose up was killed", () => {
  const project = useProject(JANE(`data: { first_name: "Ada" }`));
  /** Kills the CLI once the contact is added, before anybody has the answer. */
  const kill = async () => {
    const { sandbox } = project();
    sandbox.faults.add({ kind: "delay", delayMs: 1_000, on: "addToList", count: 1 });
    const cli = project().start({}, ...UP);
    const ended = once(cli, "exit");
    await once(sandbox.app.server, "request");
    while (sandbox.contacts().length === 0) await new Promise((resolve) => setImmediate(resolve));
    cli.kill("SIGKILL");
    await ended;
  };
  const recovered = () => recover({ stack: "test", cwd: project().dir, env: project().env, log: () => undefined });

  it("is the stack's own for the next up, and is archived by its destroy", async () => {
    await kill();
    await project().succeed("cancel", "--yes");
    await project().succeed(...UP);
    await project().succeed(...DESTROY);
    assert.equal(project().sandbox.contacts()[0]?.archived, true);
    assert.deepEqual((await recovered()).problems, []);
  });

  it("is archived by recover, once", async () => {
    await kill();
    const { archived, problems } = await recovered();
    assert.deepEqual([archived, problems], [1, []]);
    assert.equal(project().sandbox.contacts()[0]?.archived, true);
    assert.equal((await recovered()).archived, 0);
  });

  it("stays if its onDelete says so", async () => {
    project().program(JANE(`data: { first_name: "Ada" }, onDelete: "leave"`));
    await kill();
    assert.deepEqual([(await recovered()).archived, (await recovered()).problems], [0, []]);
    assert.equal(project().sandbox.contacts()[0]?.archived, false);
  });

  it("stays if it was adopted", async () => {
    const { sandbox } = project();
    sandbox.setContacts([{ email: jane }]);
    project().program(JANE("adopt: true"));
    sandbox.faults.add({ kind: "delay", delayMs: 1_000, on: "addToList", count: 1 });
    const cli = project().start({}, ...UP);
    const ended = once(cli, "exit");
    while (sandbox.contacts()[0]?.lists.length === 0) await new Promise((resolve) => setImmediate(resolve));
    cli.kill("SIGKILL");
    await ended;
    assert.equal((await recovered()).archived, 0);
    assert.equal(sandbox.contacts()[0]?.archived, false);
  });
});
