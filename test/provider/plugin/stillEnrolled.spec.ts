import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TYPES } from "../../../provider/model/stateFormat";
import { beginSession, session } from "../../../provider/plugin/session";
import { isStillEnrolled } from "../../../provider/plugin/stillEnrolled";
import { previewEnvironment } from "../../../provider/text/configCommand";
import { useCapturedOutput } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { setAll, useEnvironment } from "../../support/environment";
import { journalOf } from "../../support/journalOf";
import { useKilledPlugin } from "../../support/killedPlugin";
import { modelBackends } from "../../support/modelBackend";
import { useModelCli } from "../../support/modelCli";
import { usePluginProcess } from "../../support/pluginProcess";
import { useTemporaryFolder } from "../../support/temporaryFolder";

const { email, journeyId } = inputs;

/** Begins a run. Nothing is sent in these. */
const begin = async (others: Record<string, string> = {}) => {
  beginSession();
  await configure(settings("http://127.0.0.1:1", others));
};
const failure = (contact: { email: string; stack?: string }) =>
  isStillEnrolled(contact).then(
    () => assert.fail("it fails"),
    ({ message }: Error) => message,
  );

describe("a contact to archive of which the state has a pending start", () => {
  const stack = "organization/seeds/test";
  const enrollment = { ...inputs, stack };
  const single = { urn: "urn:welcome", type: TYPES.enrollment, inputs: enrollment };
  const contacts = JSON.stringify({ "bob@seeds.example.com": {}, [email]: {} });
  const shard = { urn: "urn:smoke", type: TYPES.shard, inputs: { ...enrollment, contacts } };
  afterEach(() => session.journals.close());
  useModelCli();
  usePluginProcess();
  useEnvironment(() => ({}));
  const home = useTemporaryFolder();

  /** Begins a run of a machine that has no notes. */
  const beginWith = async (type: string, resource: object) => {
    const url = `file://${home()}`;
    setAll({ PULUMI_HOME: home(), PULUMI_BACKEND_URL: url });
    const deployment = { resources: [], pending_operations: [{ type, resource }] };
    modelBackends.set(url, { states: new Map([["test", JSON.stringify({ version: 3, deployment })]]), config: "{}" });
    await begin();
  };

  for (const [what, type, resource] of [
    ["of an enrollment", "creating", single],
    ["of a shard that is created", "creating", shard],
    ["of a shard that is updated", "updating", shard],
  ] as const) {
    it(`is held back, with the journey and what to do: ${what}`, async () => {
      await beginWith(type, resource);
      assert.equal(
        await failure({ email, stack }),
        "Could not archive the contact q***@seeds.example.com: a killed run of this stack may have started journey " +
          `${journeyId} for it, which may still run. Run npx pulumi-mailmodo recover --stack test, which says what to do.`,
      );
      assert.equal(await isStillEnrolled({ email: "eve@seeds.example.com", stack }), false);
    });
  }

  it("is not held back by what the present run starts: the program enrolls that", async () => {
    await beginWith("creating", single);
    session.thisRun.want("enrollment", [email]);
    assert.equal(await isStillEnrolled({ email, stack }), true);
  });
});

describe("a contact to archive beside notes of a killed run that cannot be read", () => {
  useCapturedOutput();
  const leaveAsKilled = useKilledPlugin();
  const otherKey = { "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000002" };
  const leave = (kind: "start" | "abort" | "add") =>
    leaveAsKilled((journal) => journal.addNote(kind, { ...inputs, email: "bob@seeds.example.com" }));
  const file = () => {
    const folder = journalOf(process.env);
    return path.join(folder, fs.readdirSync(folder)[0]!);
  };
  const message = () =>
    "Could not archive the contact q***@seeds.example.com: a killed or failed run left notes that cannot be read " +
    `(${file()}), and a journey that they tell of may still run for it. Run npx pulumi-mailmodo recover --stack <name>, with the API key of ` +
    "that time in MAILMODO_API_KEY if it was rotated. If that cannot read them either, look at the journeys in Mailmodo, " +
    "abort there what should not run, and delete the file.";

  it("is held back where the key of a start was rotated, and not with the key of that time", async () => {
    await leave("start");
    await begin(otherKey);
    assert.equal(await failure({ email }), message());
    await begin();
    assert.equal(await isStillEnrolled({ email }), false, "it can be read, and is of another contact");
  });

  it("is held back where a line is damaged, until the file is deleted", async () => {
    await leave("add");
    fs.appendFileSync(file(), '\n{"id":}');
    await begin();
    assert.equal(await failure({ email }), message());
    fs.rmSync(file());
    await begin();
    assert.equal(await isStillEnrolled({ email }), false);
  });

  it("is held back where the file does not say any more whose it is", async () => {
    await leave("start");
    fs.writeFileSync(file(), fs.readFileSync(file(), "utf8").slice(1));
    await begin(otherKey);
    assert.equal(await failure({ email }), message());
  });

  for (const kind of ["abort", "add"] as const)
    it(`is not held back where only an ${kind} needs another key`, async () => {
      await leave(kind);
      await begin(otherKey);
      assert.equal(await isStillEnrolled({ email }), false);
    });

  it("is held back in a preview with the command that recovers it", async () => {
    await leave("start");
    await begin(otherKey);
    Object.assign(process.env, previewEnvironment("pr-7", "Pulumi.preview.yaml"));
    assert.match(
      await failure({ email }),
      /Run npx pulumi-mailmodo previews down --name pr-7, with the API key of that time in /,
    );
  });
});
