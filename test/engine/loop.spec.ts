// The engine, the program and the foundation's stack are real; the AWS plugin is a double, AWS is moto, and Mailmodo and SES are the sandbox.
import assert from "node:assert/strict";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { readJourneys, SANDBOX_KEY } from "mailmodo-sandbox";
import { toBucket } from "mailmodo-sandbox/bucket";
import { SeedInbox } from "../../provider/inbox/seedInbox";
import { useFoundationStack } from "../support/foundationStack";
import { createRunner, type Runner } from "../support/previews";
import { journeyId } from "../support/journeyId";
import { startSandbox, type RunningSandbox } from "../support/sandbox";
import { s3Of } from "../support/moto";

const DAY_S = 86_400;

describe("a preview's mail, from the foundation's outputs to its destroy", () => {
  const foundation = useFoundationStack();
  const since = new Date();
  let sandbox: RunningSandbox;
  let runner: Runner;
  let inbox: SeedInbox;
  let objects: () => Promise<number | undefined>;
  before(async () => {
    const { aws, moto, outputs } = foundation();
    const { mailBucket: bucket, stateBucket, apiKeySecretArn } = outputs;
    const prefix = String(outputs["mailPrefix"]);
    // moto takes their refusal of plain http for one of everybody.
    for (const Bucket of [bucket, stateBucket]) await aws.s3.deleteBucketPolicy({ Bucket });
    await aws.secrets.putSecretValue({ SecretId: apiKeySecretArn, SecretString: SANDBOX_KEY });

    const client = s3Of(moto);
    objects = async () => (await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).KeyCount;
    inbox = new SeedInbox({ bucket, prefix, client });
    sandbox = await startSandbox({
      // Its journey is the preview's, with three mails: at once, after a day, and two days later.
      journeys: readJourneys(require.resolve("mailmodo-sandbox/journeys.example.json")),
      deliver: toBucket(`s3://${bucket}/${prefix}`, client),
    });
    runner = await createRunner(sandbox, {
      env: { ...moto.env, PULUMI_BACKEND_URL: `${outputs.backendUrl}&use_path_style=true` },
      settings: `  mailmodo:apiKeySecret: ${apiKeySecretArn}\nsecretsprovider: ${outputs.secretsProvider}\n`,
      program: `
        const qa = new JourneyEnrollment("qa", {
          journeyId: "${journeyId}",
          email: stackAddress("qa@${String(outputs["mailDomain"])}"),
          data: { firstName: "Ada", seats: 3 },
          abortReason: "preview closed",
        });
        exports.email = qa.email;`,
    });
    for (const name of ["MAILMODO_API_KEY", "PULUMI_CONFIG_PASSPHRASE"]) runner.env[name] = undefined;
  });
  after(async () => {
    runner?.dispose();
    await sandbox?.app.close();
  });

  const advance = async (advanceSeconds: number) => {
    const { status } = await sandbox.post("/_sandbox/clock", { advanceSeconds });
    assert.equal(status, 200);
  };
  const unsubscribeLink = (to: string) =>
    `${sandbox.url}/unsubscribe/${sandbox.instances().find(({ email }) => email === to)?.instanceId}`;

  it("comes after up, goes on with time, and stops with destroy", async () => {
    // One that nobody stops, to see that the third mail would have come.
    const other = "qa+pr-4@seeds.example.com";
    await sandbox.post(`/hooks/start/${journeyId}`, { email: other, data: { firstName: "Eva", seats: 1 } });

    await runner.succeed("up", "--name", "pr-42");
    const { stdout } = await runner.pulumi("stack", "output", "--json", "--stack", "pr-42");
    const { email: to } = JSON.parse(stdout) as { email: string };
    assert.equal(to, "qa+seeds.pr-42@seeds.example.com");

    const welcome = await inbox.waitForMail({ to, since, timeoutMs: 30_000 });
    assert.deepEqual([welcome.subject, welcome.recipients], ["Welcome, Ada", [to]]);
    assert.match(welcome.text, /^Hello Ada, you have 3 seats:/);
    assert.deepEqual(welcome.links, [
      "https://app.example.com/start?from=mail&seats=3",
      unsubscribeLink(to),
      "https://app.example.com/start?seats=3",
    ]);

    await advance(DAY_S);
    const second = await inbox.waitForMail({ to, subject: /second day/, since, timeoutMs: 30_000 });
    assert.equal(second.subject, "Your second day, Ada");
    assert.equal(await objects(), 4);

    await runner.succeed("down", "--name", "pr-42");
    await advance(30 * DAY_S);
    const third = await inbox.waitForMail({ to: other, subject: "Three days in", since, timeoutMs: 30_000 });
    assert.equal(third.text, `How is it going, Eva?\n\nUnsubscribe: ${unsubscribeLink(other)}`);
    assert.equal(await objects(), 5);
    const mails = sandbox.store.mails().filter((mail) => mail.to === to);
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ["Welcome, Ada", "Your second day, Ada"],
    );
    const instance = sandbox.store.all().find(({ email }) => email === to);
    assert.deepEqual([instance?.status, instance?.abortReason], ["aborted", "preview closed"]);
  });
});
