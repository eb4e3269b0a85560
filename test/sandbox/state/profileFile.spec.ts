import assert from "node:assert/strict";
import { profileFrom, profileOf, profiles, readProfileFile, SANDBOX_KEY, type Profile } from "mailmodo-sandbox";
import { contactCall, type ContactCall } from "../../support/contactCalls";
import { journeyId } from "../../support/journeyId";
import { useProfileFolder } from "../../support/profileFolder";
import { startSandbox, useSandbox, type RunningSandbox } from "../../support/sandbox";

const email = "qa@seeds.example.com";
const elsewhere = "11111111-2222-4333-8444-555555555555";

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function call(sandbox: RunningSandbox, what: string, body: object, key = SANDBOX_KEY): Promise<Got> {
  const answer = await fetch(`${sandbox.url}/hooks/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", mmApiKey: key },
    body: JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const nobody = "nobody@seeds.example.com";
const UUIDS = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;
const CONTACT_STEPS: [call: ContactCall, about: Record<string, string>][] = [
  ["getContactDetails", { email: nobody }],
  ["archiveContact", { email: nobody }],
  ["resubscribe", { email: nobody }],
  ["removeFromList", { email, listName: "A" }],
  ["addToList", { email, listName: "A" }],
  ["removeFromList", { email: nobody, listName: "A" }],
  ["archiveContact", { email }],
  ["getContactDetails", { email }],
  ["addToList", { email, listName: "B" }],
];

/** One call for each case that a profile has an answer to, in an order that reaches all of them. */
async function answersOf(profile: Profile): Promise<unknown[]> {
  let now = Date.UTC(2026, 10, 24);
  const sandbox = await startSandbox({ profile, now: () => now, journeyDurationMs: 60_000 });
  const ids: string[] = [];
  const start = `start/${journeyId}`;
  const abort = `abort/${journeyId}`;
  const seen: unknown[] = [];
  const ask = async (...args: [what: string, body: object, key?: string]) => {
    const { status, headers, text } = await call(sandbox, ...args);
    for (const { instanceId } of sandbox.instances()) if (!ids.includes(instanceId)) ids.push(instanceId);
    const named = ids.reduce((all, id, index) => all.replaceAll(id, `<${index}>`), text);
    seen.push([status, headers.get("content-type"), headers.get("retry-after"), named]);
  };
  try {
    await ask(start, { email }, "wrong");
    await ask(abort, { email: "qa" });
    await ask(abort, { email });
    await ask(start, { email });
    await ask(start, { email });
    await ask(`start/${elsewhere}`, { email });
    now += 1000;
    await ask(start, { email, allowDuplicateEmail: true });
    await ask(abort, { email });
    await ask(abort, { instanceId: sandbox.instances()[0]?.instanceId ?? elsewhere });
    now += 60_000;
    await ask(abort, { instanceId: sandbox.instances()[0]?.instanceId ?? elsewhere });
    await ask(start, { email });
    for (const [call, about] of CONTACT_STEPS) {
      now += 1000;
      const answer = await contactCall(sandbox.url, call, about);
      seen.push([call, answer.status, (await answer.text()).replaceAll(UUIDS, "<id>")]);
    }
    sandbox.setContacts([{ email, unsubscribed: true }]);
    now += 1000;
    await ask(start, { email, data: { name: "Ada" }, allowDuplicateEmail: true });
    seen.push(sandbox.contacts().map(({ state, lists, data }) => [state, lists, data]));
    const { limit } = profile;
    if (limit !== undefined) for (let i = 0; i <= limit.perSecond; i++) await ask(abort, { email });
    seen.push(sandbox.instances().map(({ status }) => status));
    return seen;
  } finally {
    await sandbox.app.close();
  }
}

describe("a profile file", () => {
  const write = useProfileFolder();

  for (const [name, changes] of Object.entries(profiles)) {
    it(`with the name ${name}, or what that changes, answers as the name does`, async () => {
      assert.deepEqual(readProfileFile(write(JSON.stringify({ profiles: [name] }))), profileOf([name]));
      const byChanges = readProfileFile(write(JSON.stringify(changes)));
      assert.deepEqual(await answersOf(byChanges), await answersOf(profileOf([name])));
    });
  }

  it("may begin with a byte order mark, name its schema, and be empty", () => {
    const content = `\uFEFF${JSON.stringify({ $schema: "./node_modules/mailmodo-sandbox/profile.schema.json" })}`;
    assert.deepEqual(readProfileFile(write(content)), profileOf([]));
  });

  it("puts its answers before those of its names", () => {
    const form = { profiles: ["key-401", "limit-5-429"], wrongKey: { status: 403, message: "No" } };
    assert.deepEqual(profileFrom(form), { ...profileOf(["limit-5-429"]), wrongKey: form.wrongKey });
  });
});

describe("an exact answer of a profile", () => {
  const sandbox = useSandbox();
  const start = (body: object = { email }, key?: string) => call(sandbox(), `start/${journeyId}`, body, key);
  const abort = (body: object) => call(sandbox(), `abort/${journeyId}`, body);
  const use = (form: object) => sandbox().useProfile(profileFrom(form));
  const refOf = ({ text }: Got) => (JSON.parse(text) as { ref: string }).ref;

  for (const body of [{ error: { code: 7, list: [1.5, null, "x"] } }, ["a"], "text", 5, true, false, null, {}]) {
    it(`may be any JSON: ${JSON.stringify(body)}`, async () => {
      use({ wrongKey: { status: 418, body } });
      const { status, headers, text } = await start({ email }, "wrong");
      assert.deepEqual([status, text], [418, JSON.stringify(body)]);
      assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
      assert.deepEqual(sandbox().store.requests().at(-1)?.answer, body);
    });
  }

  for (const [text, contentType] of [
    ["<h1>Forbidden</h1>", "text/html"],
    ["", undefined],
    ['{"a": 1.0,  "a": 2}', "application/json"],
    ["Grüße \u2028", "text/plain; charset=utf-8"],
  ]) {
    it(`may be a text, byte for byte: ${JSON.stringify(text)}`, async () => {
      use({ wrongKey: { status: 403, text, ...(contentType === undefined ? {} : { contentType }) } });
      const got = await start({ email }, "wrong");
      assert.deepEqual([got.status, got.text], [403, text]);
      assert.equal(got.headers.get("content-type"), contentType ?? "text/plain; charset=utf-8");
      assert.equal(sandbox().store.requests().at(-1)?.answer, text);
    });
  }

  it("may have headers, with what the call concerns", async () => {
    use({ wrongKey: { status: 503, message: "Later", headers: { "Retry-After": "7", "X-Journey": "{{journeyId}}" } } });
    const { headers } = await start({ email }, "wrong");
    assert.deepEqual([headers.get("retry-after"), headers.get("x-journey")], ["7", journeyId]);
  });

  it("names the instance that runs, was started, has ended or was aborted", async () => {
    const body = { nested: [{ id: "is {{instanceId}} of {{email}}" }] };
    const named = (id: string) => JSON.stringify({ nested: [{ id: `is ${id} of ${email}` }] });
    use({});
    const id = refOf(await start());
    use({ duplicate: { status: 409, body }, aborted: { status: 202, body }, abortEnded: { status: 410, body } });
    assert.deepEqual(await start().then(({ status, text }) => [status, text]), [409, named(id)]);
    assert.deepEqual(await abort({ email }).then(({ status, text }) => [status, text]), [202, named(id)]);
    assert.deepEqual(await abort({ instanceId: id }).then(({ status, text }) => [status, text]), [410, named(id)]);
    use({ started: { status: 201, body } });
    const { status, text } = await start();
    assert.deepEqual([status, text], [201, named(sandbox().instances().at(-1)?.instanceId ?? "")]);
  });

  it("may change the message of a success alone", async () => {
    use({ started: { status: 200, message: "Off it goes" }, aborted: { status: 200, message: "Stopped" } });
    const { success, message, ref } = JSON.parse((await start()).text) as Record<string, unknown>;
    assert.deepEqual([success, message, ref], [true, "Off it goes", sandbox().instances()[0]?.instanceId]);
    assert.equal((await abort({ email })).text, JSON.stringify({ success: true, message: "Stopped" }));
  });

  it("names an instance that is not known", async () => {
    const form = { status: 404, message: "No {{instanceId}}" };
    use({ abortUnknown: form, wrongKey: form });
    const answer = JSON.stringify({ success: false, status: "error", message: `No ${elsewhere}` });
    assert.equal((await abort({ instanceId: elsewhere })).text, answer);
    const refused = await call(sandbox(), `abort/${journeyId}`, { instanceId: elsewhere }, "wrong");
    assert.equal(refused.text, answer);
  });

  it("may be for an abort by address alone, where something runs and where nothing does", async () => {
    use({
      aborted: { status: 200, message: "Stopped one" },
      addressAborted: { status: 200, message: "Stopped all" },
      addressUnknown: { status: 404, message: "Nobody" },
    });
    const id = refOf(await start());
    const message = async (body: object) => (JSON.parse((await abort(body)).text) as { message: string }).message;
    assert.equal(await message({ email }), "Stopped all");
    assert.equal(await message({ email }), "Nobody");
    assert.equal(await message({ instanceId: elsewhere }), "No such journey instance");
    assert.equal(await message({ instanceId: id }), "The journey instance has already ended");
    use({ addressUnknown: "success", addressAborted: { status: 200, message: "Stopped all" } });
    assert.equal(await message({ email }), "Stopped all");
  });

  it("may be for a start whose earlier instance has ended", async () => {
    use({ duplicateMeans: "ever", duplicateEnded: { status: 409, message: "Was here", withRef: true } });
    const id = refOf(await start());
    assert.equal((await start()).status, 400);
    await abort({ email });
    const { status, text } = await start();
    assert.deepEqual([status, text], [409, JSON.stringify({ success: false, message: "Was here", ref: id })]);
  });

  it("may be for an address that is none", async () => {
    use({ invalidEmail: { status: 422, body: { bad: "{{email}}" } } });
    assert.deepEqual(await start({ email: "qa" }).then(({ status, text }) => [status, text]), [
      422,
      JSON.stringify({ bad: "qa" }),
    ]);
    assert.equal((await start({})).status, 400);
  });

  it("may be for a journey that is not known", async () => {
    use({ unknownJourney: { status: 404, text: "no {{journeyId}}" }, journeys: [journeyId.toUpperCase()] });
    for (const what of ["start", "abort"]) {
      const { status, text } = await call(sandbox(), `${what}/${elsewhere}`, { email });
      assert.deepEqual([status, text], [404, `no ${elsewhere}`]);
    }
    assert.equal((await start()).status, 200);
  });

  it("says which journeys are known, and the others are refused as the contract says", async () => {
    use({ journeys: [journeyId] });
    const { status, text } = await call(sandbox(), `start/${elsewhere}`, { email });
    assert.deepEqual(
      [status, text],
      [400, JSON.stringify({ success: false, message: "The provided journey id is not valid" })],
    );
    assert.equal((await start()).status, 200);
  });

  it("may be for too many calls", async () => {
    use({
      profiles: ["limit-5-429"],
      limit: { perSecond: 1, status: 429, body: { slow: "down" }, headers: { "X-Limit": "1" } },
    });
    await start();
    const { status, text, headers } = await start();
    assert.deepEqual([status, text, headers.get("x-limit")], [429, JSON.stringify({ slow: "down" }), "1"]);
  });

  it("does not take what a client sends for a name of its own", async () => {
    use({ invalidEmail: { status: 400, text: "{{email}}", headers: { "X-Email": "{{email}}" } } });
    const { text, headers } = await start({ email: "{{journeyId}}\r\nSet-Cookie: a=b \u{1F600}" });
    assert.equal(text, "{{journeyId}}\r\nSet-Cookie: a=b \u{1F600}");
    assert.equal(headers.get("set-cookie"), null);
    assert.equal(headers.get("x-email"), "{{journeyId}}??Set-Cookie: a=b ??");
  });
});
