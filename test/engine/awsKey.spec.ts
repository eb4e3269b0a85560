import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { fresh } from "../support/awsKey";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { useMoto } from "../support/moto";
import { useProject, writtenFiles } from "../support/project";
const newKey = "TESTKEY-0000000-0000000-0000002";
const newestKey = "TESTKEY-0000000-0000000-0000003";

describe("the key in AWS, through the real engine", () => {
  const moto = useMoto();
  const project = useProject(`
    new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com") });
    new JourneyCohort("smoke", {
      journeyId, shards: 2, contacts: [1, 2, 3].map((nth) => ({ email: stackAddress("smoke" + nth + "@seeds.example.com") })),
    });
  `);
  const secrets = () =>
    new SecretsManagerClient({
      endpoint: moto().url,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    });
  const statuses = () =>
    new Set(
      project()
        .sandbox.store.all()
        .map(({ status }) => status),
    );
  let name: string;

  /** Stores another key in the secret, and lets Mailmodo take no other. */
  async function rotate(key: string): Promise<void> {
    const SecretString = JSON.stringify({ apiKey: key });
    await secrets().send(new PutSecretValueCommand({ SecretId: name, SecretString }));
    project().sandbox.rotateKey(key);
  }

  beforeEach(async () => {
    name = fresh();
    const SecretString = JSON.stringify({ apiKey: SANDBOX_KEY });
    await secrets().send(new CreateSecretCommand({ Name: name, SecretString }));
    Object.assign(project().env, moto().env, { MAILMODO_API_KEY: undefined });
    await project().succeed("config", "set", "--plaintext", "mailmodo:apiKeySecret", `${name}#apiKey`);
  });

  it("is rotated between an up and a destroy without the program, which just works, and is in no file", async () => {
    const outputs = [(await project().succeed("up", "--yes")).output];
    assert.equal(project().sandbox.store.all().length, 4);
    fs.rmSync(path.join(project().dir, "index.js"));
    const written = () => writtenFiles(path.join(project().dir, "..")).map((file) => fs.readFileSync(file, "utf8"));
    const files = written();

    await rotate(newKey);
    outputs.push((await project().succeed(...DESTROY)).output);
    assert.deepEqual(statuses(), new Set(["aborted"]));
    const state = files.find((text) => text.includes("mailmodo:JourneyEnrollment"));
    assert.ok(state?.includes(name), "the state has the reference");
    for (const text of [...outputs, ...files, ...written()]) {
      assert.ok(!text.includes(SANDBOX_KEY) && !text.includes(newKey), `a key is in:\n${text}`);
    }
  });

  it("is asked for in a preview, which says in one line what is wrong with it, and sends nothing", async () => {
    await secrets().send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    const { output } = await project().fail("preview");
    assert.match(
      output,
      /Could not read the API key from mailmodo:apiKeySecret prod\S+#apiKey .*no such secret in us-east-1/,
    );
    await project().succeed("config", "set", "--plaintext", "mailmodo:apiKeySecret", `${name}#`);
    const malformed = await project().fail("preview");
    assert.match(malformed.output, /mailmodo:apiKeySecret names no field after its #/);
    // In one line each. Of its own, Pulumi may show the stack of a call that the end of the preview cut off.
    for (const text of [output, malformed.output])
      assert.match(text, /mailmodo:JourneyEnrollment \(qa\):\n    error: [^\n]+\n\n/);
    assert.deepEqual(project().requests(), []);
  });

  it("names the secret in what a destroy says when Mailmodo refuses its key, and when it is gone", async () => {
    await project().succeed(...UP);
    project().sandbox.rotateKey(newKey);
    const refused = await project().fail(...DESTROY);
    assert.match(
      refused.output,
      /Mailmodo refused the API key .*Put the current key into mailmodo:apiKeySecret prod\S+#apiKey, or into MAILMODO_API_KEY/,
    );
    assert.ok(!refused.output.includes(SANDBOX_KEY));

    await secrets().send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    const gone = await project().fail(...DESTROY);
    assert.match(
      gone.output,
      /no such secret.*A plain destroy uses the settings of the last up\..*set mailmodo:apiKeySecret and run pulumi up.*--run-program.*MAILMODO_API_KEY/,
    );

    project().env["MAILMODO_API_KEY"] = newKey;
    const { output } = await project().succeed(...DESTROY);
    assert.match(
      output,
      /The API key is set more than once \(MAILMODO_API_KEY, mailmodo:apiKeySecret\): MAILMODO_API_KEY is used\./,
    );
    assert.deepEqual(statuses(), new Set(["aborted"]));
  });

  /** Kills the CLI in an up, with the first start on its way. */
  async function killed(): Promise<void> {
    project().sandbox.faults.add({ kind: "delay", delayMs: 50 });
    const asked = requestNumber(project(), 1);
    const cli = project().start({}, ...UP);
    const ended = once(cli, "exit");
    await asked;
    cli.kill("SIGKILL");
    await ended;
    project().sandbox.faults.clear();
  }

  it("is rotated between a kill and its recovery, which reads the notes with the key before it", async () => {
    await killed();
    await rotate(newKey);
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.deepEqual(statuses(), new Set(["aborted"]));
    assert.ok(!output.includes(SANDBOX_KEY) && !output.includes(newKey));
    await project().succeed(...UP);
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), new Set(["aborted"]));
  });

  it("is rotated twice after a kill, and an up says that notes cannot be read, and recover what to do", async () => {
    await killed();
    await rotate(newKey);
    await rotate(newestKey);
    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 1);
    assert.match(
      recovered.output,
      /\d+ unsettled calls? cannot be read: damaged, or sealed with another API key\. Put the key that was used at that time into MAILMODO_API_KEY/,
    );
    const { output } = await project().pulumi(...UP);
    assert.match(
      output,
      /A run of this stack was killed or failed\. It left unfinished notes \(\d+\) that are damaged or need another API key/,
    );
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), new Set(["aborted"]));
  });
});
