import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Run } from "../../tools/workbench";
import { useProject } from "../support/project";

interface Case {
  readonly what: string;
  /** What the program does, as JavaScript. Default: one enrollment of `args`. */
  readonly program?: string;
  /** Arguments that differ from good ones, as JavaScript. */
  readonly args?: string;
  readonly env?: Record<string, string>;
  /** Settings that differ from good ones. */
  readonly config?: Record<string, string>;
  readonly says: RegExp;
}

const cases: Case[] = [
  { what: "a journeyId that is no UUID", args: `{ journeyId: "welcome" }`, says: /journeyId must be a UUID\./ },
  {
    what: "a URL as journeyId",
    args: `{ journeyId: "https://manage.mailmodo.com/journey/6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5" }`,
    says: /journeyId must be the UUID alone, not a URL/,
  },
  { what: "an empty journeyId", args: `{ journeyId: "" }`, says: /journeyId must not be empty/ },
  {
    what: "an email with a display name",
    args: `{ email: "QA <qa@seeds.example.com>" }`,
    says: /without a display name/,
  },
  {
    what: "an email with a line break",
    args: `{ email: "qa@seeds.example.com\\n" }`,
    says: /must not contain a line break/,
  },
  { what: "two emails", args: `{ email: "a@seeds.example.com, b@seeds.example.com" }`, says: /must be one address/ },
  {
    what: "an email over 254 characters",
    args: `{ email: "q".repeat(255) + "@seeds.example.com" }`,
    says: /at most 254/,
  },
  { what: "an email that is a number", args: `{ email: 5 }`, says: /email must be one e-mail address, as a string/ },
  {
    what: "an email that is an object",
    args: `{ email: { to: "qa" } }`,
    says: /email must be one e-mail address, as a string/,
  },
  {
    what: "nested data",
    args: `{ data: { who: { name: "Ada" } } }`,
    says: /data\.who must be .* it is a nested object/,
  },
  { what: "null in data", args: `{ data: { who: null } }`, says: /data\.who must be .* it is null/ },
  { what: "NaN in data", args: `{ data: { seats: NaN } }`, says: /data\.seats must be .* it is NaN/ },
  { what: "a list in data", args: `{ data: { tags: ["a"] } }`, says: /data\.tags must be .* it is a list/ },
  {
    what: "data over 64 KiB",
    args: `{ data: { text: "x".repeat(65 * 1024) } }`,
    says: /data must be at most 64 KiB as JSON/,
  },
  {
    what: "half a character in data",
    args: `{ data: { name: "Zo\\u00eb \\ud83d" } }`,
    says: /data\.name of the enrollment "qa" ends or begins within a character/,
  },
  {
    what: "a value of a contact",
    program: `new JourneyCohort("smoke", { journeyId, contacts: [{ email: "a@seeds.example.com", data: { n: 1n } }] })`,
    says: /Number 1 \(a\*\*\*@seeds\.example\.com\): data\.n must be .* it is a bigint/,
  },
  {
    what: "an option that would have no effect",
    program: `new JourneyEnrollment("qa", good, { import: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5" })`,
    says: /The enrollment "qa" cannot be imported: Mailmodo cannot be asked what runs/,
  },
  { what: "an empty abortReason", args: `{ abortReason: "" }`, says: /abortReason must not be empty/ },
  {
    what: "an address outside the list",
    args: `{ email: "qa@example.org" }`,
    says: /email q\*\*\*@example\.org is outside mailmodo:allowedRecipients\..*pulumi config set mailmodo:allowedRecipients/,
  },
  {
    what: "a homograph of an allowed domain",
    args: `{ email: "qa@s\\u0435\\u0435ds.example.com" }`,
    says: /is outside mailmodo:allowedRecipients\. Its domain has letters that are not ASCII/,
  },
  {
    what: "two enrollments of one address in one journey",
    program: `
      new JourneyEnrollment("one", good);
      new JourneyEnrollment("two", { ...good, data: { other: true } });
    `,
    says: /"one" and "two" both enroll q\*\*\*@seeds\.example\.com in journey 6f1c2d3e-\S+\. Remove one, or set allowDuplicateEmail/,
  },
  {
    what: "two of them where only one allows it",
    program: `
      new JourneyEnrollment("one", good);
      new JourneyEnrollment("two", { ...good, allowDuplicateEmail: true });
    `,
    says: /"one" and "two" both enroll/,
  },
  {
    what: "no key",
    env: { MAILMODO_API_KEY: "" },
    says: /Missing mailmodo:apiKey\. MAILMODO_API_KEY is empty: put the key in it/,
  },
  {
    what: "a key with a line break",
    env: { MAILMODO_API_KEY: "TESTKEY-0000000-0000000-0000000\n" },
    says: /The API key in MAILMODO_API_KEY has a line break in it/,
  },
  {
    what: "a key that was set without --secret",
    config: { "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000000" },
    says: /mailmodo:apiKey was set without --secret.*pulumi config set --secret mailmodo:apiKey <key>/,
  },
  {
    what: "a key where the name of a secret of AWS belongs",
    config: { "mailmodo:apiKeySecret": "TESTKEY-0000000-0000000-0000000" },
    says: /mailmodo:apiKeySecret is an API key, .*pulumi config rm mailmodo:apiKeySecret/,
  },
  { what: "a base URL that is none", config: { "mailmodo:baseUrl": "sandbox" }, says: /mailmodo:baseUrl is not a URL/ },
  {
    what: "a base URL on plain http",
    config: { "mailmodo:baseUrl": "http://api.mailmodo.com" },
    says: /mailmodo:baseUrl must begin with https:\/\/; http is for a loopback address only/,
  },
  {
    what: "no list of allowed recipients",
    config: { "mailmodo:allowedRecipients": "" },
    says: /Missing mailmodo:allowedRecipients: every start sends real mail.*pulumi config set mailmodo:allowedRecipients/,
  },
  {
    what: "a list of allowed recipients that is none",
    config: { "mailmodo:allowedRecipients": "*@seeds.example.com" },
    says: /mailmodo:allowedRecipients is not JSON\. Set it: pulumi config set mailmodo:allowedRecipients/,
  },
  {
    what: "a base address for stackAddress that is none",
    program: `new JourneyEnrollment("qa", { journeyId, email: stackAddress("QA <qa@seeds.example.com>") })`,
    says: /stackAddress takes a plain e-mail address/,
  },
  {
    what: "a contact that takes its email from its enrollment",
    program: `new Contact("ada", { email: new JourneyEnrollment("welcome", good).email, list: "Seeds" })`,
    says: /The contact "ada" must not take its email from the enrollment "welcome": Pulumi would delete the contact first/,
  },
  {
    what: "a contact that depends on its enrollment",
    program: `new Contact("ada", { email: good.email, list: "Seeds" }, { dependsOn: [new JourneyEnrollment("welcome", good)] })`,
    says: /The contact "ada" must not depend on the enrollment "welcome", which enrolls its address/,
  },
  {
    what: "a contact that is a child of its enrollment",
    program: `new Contact("ada", { email: good.email, list: "Seeds" }, { parent: new JourneyEnrollment("welcome", good) })`,
    says: /The contact "ada" must not depend on the enrollment "welcome", which enrolls its address/,
  },
  {
    what: "a contact that depends on its cohort",
    program: `
      const smoke = new JourneyCohort("smoke", { journeyId, contacts: [{ email: "QA@seeds.example.com" }] });
      new Contact("ada", { email: good.email, list: "Seeds" }, { dependsOn: smoke });
    `,
    says: /The contact "ada" must not depend on the cohort "smoke", which enrolls its address/,
  },
];

const good: Case[] = [
  {
    what: "an address that differs in the case of the domain",
    args: `{ email: "qa@SEEDS.example.COM" }`,
    says: /to create/,
  },
  {
    what: "two enrollments of one address that both allow it",
    program: `
      new JourneyEnrollment("one", { ...good, allowDuplicateEmail: true });
      new JourneyEnrollment("two", { ...good, allowDuplicateEmail: true });
    `,
    says: /3 to create/,
  },
];

describe("a preview through the real engine", () => {
  const project = useProject(
    `
    const good = { journeyId, email: "qa@seeds.example.com" };
    const { program, args } = JSON.parse(process.env.CASE);
    eval(program ?? \`new JourneyEnrollment("qa", { ...good, ...\${args ?? "{}"} })\`);
    `,
    {},
    "suite",
  );
  const runs = new Map<Case, Run>();
  let files = 0;

  // Previews change nothing, so two can run at a time in one project.
  before(async function () {
    // A preview for each case: some seconds each, on a busy machine more.
    this.timeout(600_000);
    const waiting = [...cases, ...good];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { program, args, env, config } = next;
        const more = { ...env, CASE: JSON.stringify({ program, args }) };
        runs.set(next, await project().pulumiWith(more, "preview", "--config-file", configFile(config ?? {})));
      }
    };
    await Promise.all([work(), work()]);
  });

  /** The project's settings with some changed, in a file of their own. */
  function configFile(changes: Record<string, string>): string {
    const lines = fs.readFileSync(path.join(project().dir, "Pulumi.test.yaml"), "utf8").split("\n");
    const kept = lines.filter((line) => !Object.keys(changes).some((name) => line.includes(name)));
    const isList = "mailmodo:allowedRecipients" in changes;
    const text = kept.filter((line) => !(isList && line.trim().startsWith("- "))).join("\n");
    const file = path.join(project().dir, `${files++}.yaml`);
    const changed = Object.entries(changes).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
    fs.writeFileSync(file, text.replace("config:\n", `config:\n${changed.join("")}`));
    return file;
  }

  for (const one of cases) {
    it(`refuses ${one.what}, in one line`, () => {
      const { code, output } = runs.get(one)!;
      assert.notEqual(code, 0);
      const diagnostics = output.slice(output.indexOf("Diagnostics:"));
      const errors = diagnostics.split("\n").filter((line) => line.includes("error:"));
      assert.ok(errors.length > 0 && errors.some((line) => one.says.test(line)), output);
      assert.doesNotMatch(output, /^\s+at .*:\d+/m, "a stack trace");
      assert.doesNotMatch(output, /0000000|qa@|a@seeds/, "the key or a full address");
    });
  }

  for (const one of good) {
    it(`allows ${one.what}`, () => {
      const { code, output } = runs.get(one)!;
      assert.equal(code, 0, output);
      assert.match(output, one.says);
    });
  }

  it("sends nothing, ever", () => assert.deepEqual(project().requests(), []));
});
