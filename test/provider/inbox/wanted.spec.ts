import assert from "node:assert/strict";
import { SeedInbox, type SeedInboxOptions, type WaitForMailOptions } from "../../../provider/inbox/seedInbox";

const bucket = "seeds-inbox";
const to = "qa@seeds.example.com";
const timeoutMs = 30_000;

describe("SeedInbox, given bad input", () => {
  const open = (options: unknown) => new SeedInbox(options as SeedInboxOptions);
  const options: [what: string, options: unknown, message: RegExp][] = [
    ["nothing", undefined, /^Cannot open the inbox: bucket must be/],
    ["no bucket", {}, /bucket must be only the bucket's name/],
    ["an empty bucket", { bucket: "" }, /bucket must be/],
    ["a URL for a bucket", { bucket: "s3://seeds-inbox/mail" }, /bucket must be/],
    ["an ARN for a bucket", { bucket: "arn:aws:s3:::seeds-inbox" }, /bucket must be/],
    ["a bucket in capitals", { bucket: "Seeds" }, /bucket must be/],
    ["a number for a prefix", { bucket, prefix: 5 }, /prefix must be the prefix of the keys/],
    ["a prefix with a slash before it", { bucket, prefix: "/mail" }, /without a leading \//],
    ["an empty region", { bucket, region: "" }, /region must be a region's name/],
    ["a region and a client", { bucket, region: "eu-west-1", client: {} }, /region or client, not both/],
  ];
  for (const [what, given, message] of options) {
    it(`does not open with ${what}`, () => {
      assert.throws(
        () => open(given),
        (error: Error) => isOneLine(error) && message.test(error.message),
      );
    });
  }

  const good = { to, since: "2026-11-24T12:00:00Z", timeoutMs };
  const waits: [what: string, options: unknown, message: RegExp][] = [
    ["nothing", undefined, /^Cannot wait for mail: to must be one plain e-mail address, such as/],
    ["no address", { ...good, to: "" }, /to must be/],
    ["an address that is none", { ...good, to: "qa" }, /to must be one plain e-mail address \(\*\*\*\)/],
    ["an address with a name", { ...good, to: "QA <qa@seeds.example.com>" }, /to must be/],
    ["two addresses", { ...good, to: `${to}, eva@seeds.example.com` }, /to must be one plain/],
    ["a list of addresses", { ...good, to: [to] }, /to must be/],
    ["a number for a subject", { ...good, subject: 5 }, /subject must be the whole subject/],
    ["no since", { ...good, since: undefined }, /since must be a date/],
    ["an invalid date", { ...good, since: new Date("x") }, /since must be a date/],
    ["text that is no date", { ...good, since: "yesterday" }, /since must be a date/],
    ["a day without a time", { ...good, since: "2026-11-24" }, /since must be a date/],
    ["a day that does not exist", { ...good, since: "2026-13-41T12:00:00Z" }, /since must be a date/],
    ["a number for since", { ...good, since: 0 }, /since must be a date/],
    ["a since in the future", { ...good, since: "2999-11-24T12:00:00+01:00" }, /must not be in the future \(2999/],
    ["no time to wait", { ...good, timeoutMs: undefined }, /timeoutMs must be .*; it is undefined/],
    ["a timeoutMs of 0", { ...good, timeoutMs: 0 }, /above 0, at most a day; it is 0/],
    ["a negative timeoutMs", { ...good, timeoutMs: -1 }, /it is -1/],
    ["a timeoutMs that is no number", { ...good, timeoutMs: NaN }, /it is NaN/],
    ["timeoutMs as text", { ...good, timeoutMs: "30000" }, /timeoutMs must be/],
    ["a timeoutMs without end", { ...good, timeoutMs: Infinity }, /it is Infinity/],
    ["a timeoutMs beyond a day", { ...good, timeoutMs: 86_400_001 }, /at most a day/],
  ];
  for (const [what, given, message] of waits) {
    it(`does not wait with ${what}`, async () => {
      const waiting = open({ bucket }).waitForMail(given as WaitForMailOptions);
      await assert.rejects(waiting, (error: Error) => isOneLine(error) && message.test(error.message));
    });
  }

  function isOneLine(error: Error): boolean {
    return (
      error.name === "InboxError" && error.stack === "" && !error.message.includes("\n") && !error.message.includes(to)
    );
  }
});
