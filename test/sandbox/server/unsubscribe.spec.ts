import assert from "node:assert/strict";
import { journeysOf } from "../../../sandbox/mail/journeys";
import { contactCall } from "../../support/contactCalls";
import { journeyId } from "../../support/journeyId";
import { useSandbox } from "../../support/sandbox";

const email = "qa+seeds.pr-1@seeds.example.com";
const steps = [
  { delay: "0s", subject: "Welcome", text: "one", html: "<p>one</p>" },
  { delay: "1d", subject: "Day 1", text: "two" },
  { delay: "1d", subject: "Day 2", text: "three" },
];

describe("the sandbox's unsubscribe link", () => {
  const sandbox = useSandbox({ journeys: journeysOf({ [journeyId]: { steps } }), log: () => undefined });
  const start = async (to = email) => {
    const { body } = await sandbox().post(`/hooks/start/${journeyId}`, { email: to });
    await sandbox().moveClock({ advanceSeconds: 0 });
    return (body as { ref: string }).ref;
  };
  const link = () => sandbox().mails()[0]?.unsubscribeUrl ?? "";
  const day = () => sandbox().moveClock({ advanceSeconds: 86_400 });
  const shown = () => sandbox().contacts()[0];
  const reason = `The unsubscribe link in a message of journey ${journeyId} was used`;

  it("is in both parts and in the headers of a message", async () => {
    await start();
    const [mail] = sandbox().mails();
    assert.equal(link(), `${sandbox().url}/unsubscribe/${mail?.instanceId}`);
    assert.ok(mail?.text?.endsWith(`\n\nUnsubscribe: ${link()}`));
    assert.ok(mail?.html?.endsWith(`<div><a href="${link()}">Unsubscribe</a></div>`));
    const detail = (await (await fetch(`${sandbox().url}/_sandbox/mails/1`)).json()) as {
      headers: { name: string; value: string }[];
    };
    const headers = new Map(detail.headers.map(({ name, value }) => [name, value]));
    assert.equal(headers.get("List-Unsubscribe"), `<${link()}>`);
    assert.equal(headers.get("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  });

  it("unsubscribes the contact by a click, and says so on a page that runs nothing", async () => {
    await start();
    const answer = await fetch(link());
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
    const page = await answer.text();
    assert.match(page, /<h1>Unsubscribed<\/h1><p>qa\+seeds\.pr-1@seeds\.example\.com receives no more messages/);
    assert.ok(!page.includes("<script"));
    assert.deepEqual([shown()?.state, shown()?.unsubscribeReason], ["unsubscribed", reason]);
    const details = await (await contactCall(sandbox().url, "getContactDetails", { email })).json();
    assert.deepEqual((details as { unsubscribedEmailTypes: string[] }).unsubscribedEmailTypes, ["Promotional"]);
  });

  for (const [what, body] of [
    ["a form", new URLSearchParams({ "List-Unsubscribe": "One-Click" })],
    ["a form in parts", formOf({ "List-Unsubscribe": "One-Click" })],
    ["nothing", undefined],
  ] as const) {
    it(`unsubscribes the contact by the POST of a mail program, with ${what}`, async () => {
      await start();
      const answer = await fetch(link(), { method: "POST", ...(body === undefined ? {} : { body }) });
      assert.deepEqual([answer.status, shown()?.state], [200, "unsubscribed"]);
    });
  }

  it("is not used by who only looks whether it works, nor by a form of another site", async () => {
    await start();
    assert.equal((await fetch(link(), { method: "HEAD" })).status, 404);
    const headers = { Origin: "https://evil.example", "Content-Type": "application/x-www-form-urlencoded" };
    assert.equal((await fetch(link(), { method: "POST", headers, body: "a=b" })).status, 403);
    assert.equal(shown()?.state, "active");
  });

  it("keeps its first reason and time when it is used again", async () => {
    await start();
    await fetch(link());
    const before = shown();
    await day();
    await fetch(link());
    assert.deepEqual(shown(), before);
  });

  it("says so where there is no such enrollment, or no longer", async () => {
    await start();
    const url = link();
    sandbox().reset();
    const answer = await fetch(url);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /<h1>No such message<\/h1>/);
    assert.deepEqual(sandbox().contacts(), []);
  });

  it("is not in the log of the vendor's calls", async () => {
    await start();
    await fetch(link());
    assert.equal(sandbox().requests().length, 1);
  });

  it("makes journeys withhold what is still due, with the reason, until the contact is resubscribed", async () => {
    await start();
    await start("other@seeds.example.com");
    await fetch(link());
    await day();
    assert.deepEqual(
      sandbox()
        .instances()
        .map(({ status, sent, withheld, withheldReason }) => [status, sent, withheld, withheldReason]),
      [
        ["running", 1, 1, `The contact is unsubscribed: ${reason}`],
        ["running", 2, undefined, undefined],
      ],
    );
    await contactCall(sandbox().url, "resubscribe", { email });
    await day();
    assert.deepEqual(
      sandbox()
        .instances()
        .map(({ status, sent, withheld }) => [status, sent, withheld]),
      [
        ["finished", 2, 1],
        ["finished", 3, undefined],
      ],
    );
    const [first] = sandbox().instances();
    assert.deepEqual(
      sandbox()
        .mails()
        .filter(({ to }) => to === email)
        .map(({ step }) => step),
      [1, 3],
    );
    assert.equal(first?.withheld, 1);
  });

  it("lets a later start be accepted without a message", async () => {
    sandbox().setContacts([{ email, blocked: true, blockedReason: "Bounced" }]);
    await start();
    await day();
    await day();
    const [instance] = sandbox().instances();
    assert.deepEqual(
      [instance?.status, instance?.sent, instance?.withheld, instance?.withheldReason],
      ["finished", 0, 3, "The contact is blocked: Bounced"],
    );
    assert.deepEqual(sandbox().mails(), []);
  });
});

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}
