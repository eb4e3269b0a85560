import assert from "node:assert/strict";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import PostalMime from "postal-mime";
import { toBucket } from "../../../sandbox/mail/delivery";
import { journeysOf } from "../../../sandbox/mail/journeys";
import type { Mail } from "../../../sandbox/mail/mail";
import { journeyId } from "../../support/journeyId";
import { makeBucket, s3Of, useMoto } from "../../support/moto";
import { startSandbox } from "../../support/sandbox";

const mail: Mail = {
  id: 1,
  revision: 1,
  at: "2026-11-24T12:00:00.000Z",
  instanceId: "11111111-2222-4333-8444-555555555555",
  journeyId,
  step: 2,
  to: "qa+pr-42@seeds.example.com",
  subject: "Größe: 3 & more",
  text: "Hello Adá\n.\nhttps://example.com/" + "x".repeat(200),
  unsubscribeUrl: "http://127.0.0.1:8025/unsubscribe/11111111-2222-4333-8444-555555555555",
  html: '<a href="https://example.com/?a=1&amp;b=2">Adá</a>',
};

describe("the sandbox's delivery to a bucket", () => {
  const moto = useMoto();
  before(() => makeBucket(s3Of(moto()), "seeds-inbox"));

  const keys = async (Prefix: string) =>
    ((await s3Of(moto()).send(new ListObjectsV2Command({ Bucket: "seeds-inbox", Prefix }))).Contents ?? []).map(
      ({ Key = "" }) => Key,
    );

  it("writes real MIME as SES does, under a random key", async () => {
    const place = await toBucket("s3://seeds-inbox/mail", s3Of(moto()))(mail);
    const [key = "", ...others] = await keys("mail/");
    assert.deepEqual([place, others], [`s3://seeds-inbox/${key}`, []]);
    assert.match(key, /^mail\/[0-9a-v]{40}$/);

    const { Body } = await s3Of(moto()).send(new GetObjectCommand({ Bucket: "seeds-inbox", Key: key }));
    const source = (await Body?.transformToString()) ?? "";
    const lines = source.split("\r\n");
    assert.ok(lines.every((line) => line.length <= 998 && !line.includes("\n") && /^[\x00-\x7f]*$/.test(line)));
    assert.deepEqual(lines.slice(0, 7), [
      "Return-Path: <bounce@mailmodo.example.com>",
      "Received: from out.mailmodo.example.com (out.mailmodo.example.com [192.0.2.25])",
      ` by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${key.slice("mail/".length)}`,
      " for qa+pr-42@seeds.example.com;",
      " Tue, 24 Nov 2026 12:00:00 +0000 (UTC)",
      "X-SES-Spam-Verdict: PASS",
      "X-SES-Virus-Verdict: PASS",
    ]);
    const { from, to, subject, text, html, date, messageId, headers } = await PostalMime.parse(source);
    assert.deepEqual(
      headers.filter(({ key }) => key.startsWith("list-")).map(({ value }) => value),
      [`<${mail.unsubscribeUrl}>`, "List-Unsubscribe=One-Click"],
    );
    assert.deepEqual(
      { from: from?.address, to, subject, text, html, date, messageId },
      {
        from: "journeys@mailmodo.example.com",
        to: [{ name: "", address: mail.to }],
        subject: mail.subject,
        // The parser ends every text with a line.
        text: `${mail.text}\n`,
        html: `${mail.html}\n`,
        date: mail.at,
        messageId: `<${mail.instanceId}.2@mailmodo.example.com>`,
      },
    );
  });

  it("keeps a subject from adding headers", async () => {
    const place = await toBucket(
      "s3://seeds-inbox/odd/",
      s3Of(moto()),
    )({ ...mail, subject: "Hi\r\nBcc: eva@example.com" });
    const Key = place.slice("s3://seeds-inbox/".length);
    const { Body } = await s3Of(moto()).send(new GetObjectCommand({ Bucket: "seeds-inbox", Key }));
    const { bcc, subject } = await PostalMime.parse((await Body?.transformToString()) ?? "");
    assert.deepEqual([bcc, subject], [undefined, "Hi Bcc: eva@example.com"]);
  });

  it("writes to the bucket itself where there is no prefix", async () => {
    assert.match(await toBucket("s3://seeds-inbox", s3Of(moto()))(mail), /^s3:\/\/seeds-inbox\/[0-9a-v]{40}$/);
    assert.match(await toBucket("s3://seeds-inbox/", s3Of(moto()))(mail), /^s3:\/\/seeds-inbox\/[0-9a-v]{40}$/);
  });

  it("goes by the environment", async () => {
    const environment = { ...process.env };
    Object.assign(process.env, moto().env);
    try {
      await toBucket("s3://seeds-inbox/env/a")(mail);
    } finally {
      process.env = environment;
    }
    assert.equal((await keys("env/a/")).length, 1);
  });

  it("that fails does not end the sandbox, and is recorded", async () => {
    const lines: string[] = [];
    const journeys = journeysOf({ [mail.journeyId]: { steps: [{ delay: "0s", subject: "Welcome", text: "Hello" }] } });
    const deliver = toBucket("s3://no-such-inbox", s3Of(moto()));
    const sandbox = await startSandbox({ journeys, deliver, log: (line) => lines.push(line) });
    await sandbox.post(`/hooks/start/${mail.journeyId}`, { email: mail.to });
    const moved = await sandbox.post("/_sandbox/clock", { advanceSeconds: 0 });
    assert.equal(moved.status, 200);
    const [{ problem } = {}] = sandbox.mails();
    assert.equal(problem, "The specified bucket does not exist (NoSuchBucket)");
    assert.deepEqual(lines, [`Could not deliver mail 1 of journey ${mail.journeyId}: ${problem}`]);
    await sandbox.close();
  });

  for (const url of [
    "",
    "seeds-inbox",
    "https://seeds-inbox/mail",
    "s3://",
    "s3:///mail",
    "s3://Seeds",
    "s3://a",
    "S3://seeds-inbox",
  ]) {
    it(`does not go to "${url}"`, () => {
      assert.throws(() => toBucket(url), {
        message: `Mail is delivered to s3://<bucket> or s3://<bucket>/<prefix>, not to "${url}".`,
      });
    });
  }
});
