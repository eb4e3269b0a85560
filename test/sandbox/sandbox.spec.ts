import assert from "node:assert/strict";
import { createSandbox, SANDBOX_KEY } from "../../sandbox/sandbox";
import type { Instance } from "../../sandbox/state/instance";
import type { LoggedRequest } from "../../sandbox/state/loggedRequest";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";

const email = "qa@seeds.example.com";
const start = `/hooks/start/${journeyId}`;
const abort = `/hooks/abort/${journeyId}`;
const DAY_MS = 86_400_000;

describe("the sandbox", () => {
  let now = Date.UTC(2026, 10, 24);
  const sandbox = useSandbox({ now: () => now, journeyDurationMs: DAY_MS });
  const post = (path: string, body: unknown, headers?: Record<string, string>) => sandbox().post(path, body, headers);
  const list = async <T>(what: string) => (await (await fetch(`${sandbox().url}/_sandbox/${what}`)).json()) as T[];

  const started = async (body: object = { email }) => ((await post(start, body)).body as { ref: string }).ref;

  it("starts a journey and shows the instance", async () => {
    const ref = await started({ email, data: { firstName: "Ada" } });
    assert.deepEqual(await list<Instance>("instances"), [
      {
        number: 1,
        revision: 1,
        instanceId: ref,
        journeyId,
        email,
        data: { firstName: "Ada" },
        startedAt: new Date(now).toISOString(),
        status: "running",
      },
    ]);
  });

  it("logs what may be meant for Mailmodo, and nothing of its own", async () => {
    const { url } = sandbox();
    const paths = [
      "openapi.json",
      "%6fpenapi.json",
      "favicon.ico",
      "",
      "page.css",
      "_sandbox/state",
      "api/v1",
      "hooks/up",
    ];
    for (const path of paths) await (await fetch(`${url}/${path}`)).text();
    await (await fetch(`${url}/apple-touch-icon.png`, { headers: { "Sec-Fetch-Site": "same-origin" } })).text();
    await post("/openapi.json", {});
    const logged = (await list<LoggedRequest>("requests")).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(logged, ["GET /api/v1", "GET /hooks/up", "POST /openapi.json"]);
  });

  it("aborts by instance id and keeps the reason", async () => {
    const ref = await started();
    assert.equal((await post(abort, { instanceId: ref, reason: "done" })).status, 200);
    const [instance] = await list<Instance>("instances");
    assert.deepEqual([instance?.status, instance?.abortReason], ["aborted", "done"]);
  });

  const statuses = async () => (await list<Instance>("instances")).map(({ status }) => status);

  it("aborts all that run for an address, whatever its case", async () => {
    await started({ email, allowDuplicateEmail: true });
    await started({ email, allowDuplicateEmail: true });
    await post(abort, { email: email.toUpperCase() });
    assert.deepEqual(await statuses(), ["aborted", "aborted"]);
  });

  it("aborts nothing of another address", async () => {
    await started({ email: "other@seeds.example.com" });
    await post(abort, { email });
    assert.deepEqual(await statuses(), ["running"]);
  });

  it("refuses a second start while the first runs", async () => {
    await started();
    assert.equal((await post(start, { email: email.toUpperCase() })).status, 400);
  });

  it("allows a second start with allowDuplicateEmail", async () => {
    await started();
    assert.equal((await post(start, { email, allowDuplicateEmail: true })).status, 200);
  });

  it("allows a second start after the first was aborted", async () => {
    const ref = await started();
    await post(abort, { email });
    assert.notEqual(await started(), ref);
  });

  it("knows journeys apart", async () => {
    const ref = await started();
    const other = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
    assert.equal((await post(`/hooks/start/${other}`, { email })).status, 200);
    assert.equal((await post(`/hooks/abort/${other}`, { instanceId: ref })).status, 400);
  });

  it("takes a journey id in capitals for the same one", async () => {
    const ref = await started();
    assert.equal((await post(start.toUpperCase().replace("/HOOKS/START", "/hooks/start"), { email })).status, 400);
    const capitals = `/hooks/abort/${journeyId.toUpperCase()}`;
    assert.equal((await post(capitals, { instanceId: ref })).status, 200);
  });

  it("finishes an instance when its time is over", async () => {
    const ref = await started();
    now += DAY_MS;
    const [instance] = await list<Instance>("instances");
    assert.deepEqual([instance?.status, instance?.endedAt], ["finished", new Date(now).toISOString()]);
    assert.deepEqual((await post(abort, { instanceId: ref })).body, {
      success: false,
      status: "error",
      message: "The journey instance has already ended",
    });
    assert.equal((await post(start, { email })).status, 200);
  });

  for (const name of ["mmApiKey", "mmapikey", "MMAPIKEY"]) {
    it(`takes the key in a header called ${name}`, async () => {
      assert.equal((await post(start, { email }, { [name]: SANDBOX_KEY })).status, 200);
    });
  }

  it("refuses a wrong key and none, before it looks at what was sent", async () => {
    const headers: Record<string, string>[] = [{}, { mmApiKey: "TESTKEY-0000000-0000000-0000009" }];
    for (const header of headers) {
      assert.deepEqual(await post(start, { email: "qa" }, header), {
        status: 400,
        body: { success: false, message: "Invalid mmApiKey" },
      });
    }
    assert.deepEqual(await list("instances"), []);
  });

  it("takes another key after a rotation", async () => {
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    assert.equal((await post(start, { email })).status, 400);
    assert.equal((await post(start, { email }, { mmApiKey: "TESTKEY-0000000-0000000-0000009" })).status, 200);
  });

  const bad: [what: string, path: string, body: unknown, message: RegExp][] = [
    ["a journey id that is no UUID", "/hooks/start/welcome", { email }, /journey id is not valid/],
    ["an address that is none", start, { email: "qa" }, /not a valid email id/],
    ["an address that is no string", start, { email: 5 }, /not a valid email id/],
    ["a missing address", start, { data: {} }, /required property 'email'/],
    ["data that is no object", start, { email, data: "x" }, /data must be object/],
    [
      "allowDuplicateEmail as text",
      start,
      { email, allowDuplicateEmail: "true" },
      /allowDuplicateEmail must be boolean/,
    ],
    ["a body that is no JSON", start, "{", /./],
    ["an empty body", start, "", /./],
    ["a list as body", start, [], /must be object/],
    ["an abort of nothing", abort, { reason: "x" }, /^Either email or the instanceId/],
    ["an abort of two things", abort, { email, instanceId: journeyId }, /^Either email or the instanceId/],
    ["an instance id that is no UUID", abort, { instanceId: "x" }, /instanceId must match format "uuid"/],
    ["an empty reason", abort, { email, reason: "" }, /reason must NOT have fewer than 1/],
    ["an instance that is not there", abort, { instanceId: journeyId }, /^No such journey instance$/],
    ["an address for which nothing runs", abort, { email }, /^No such journey instance$/],
  ];
  for (const [what, path, body, message] of bad) {
    it(`refuses ${what}, in the vendor's envelope`, async () => {
      const answer = (await post(path, body)) as { status: number; body: Record<string, unknown> };
      assert.equal(answer.status, 400);
      assert.equal(answer.body["success"], false);
      assert.equal(answer.body["status"], path.startsWith("/hooks/abort/") ? "error" : undefined);
      assert.match(answer.body["message"] as string, message);
    });
  }

  it("answers a path that is not routed as the vendor does", async () => {
    assert.deepEqual(await post("/api/v1/nothing", {}), {
      status: 404,
      body: { error: "error", message: "Some Internal Error Occurred: 404" },
    });
  });

  it("keeps a journal of whatever was asked, without the key", async () => {
    await post(start, { email });
    await post(start, { email: "qa" });
    await post(start, { email }, {});
    await post("/hooks/begin/x", {});
    await list("instances");
    const requests = await list<LoggedRequest>("requests");
    assert.deepEqual(
      requests.map(({ path, body, status }) => [path, body, status]),
      [
        [start, { email }, 200],
        [start, { email: "qa" }, 400],
        [start, { email }, 400],
        ["/hooks/begin/x", {}, 404],
      ],
    );
    assert.ok(!JSON.stringify(requests).includes(SANDBOX_KEY));
  });

  it("keeps no key in its log, wherever it stands", async () => {
    const key = 'a"key+of/mine';
    sandbox().rotateKey(key);
    const encoded = encodeURIComponent(key);
    await post(start, { email, data: { [key]: [`Bearer ${key}`], key: encoded } }, { mmApiKey: key });
    await (await fetch(`${sandbox().url}/hooks/x?mmApiKey=${encoded}`)).text();
    const log = await list<LoggedRequest>("requests");
    assert.deepEqual(
      log.map(({ path, body }) => [path, body]),
      [
        [start, { email, data: { "***": ["Bearer ***"], key: "***" } }],
        ["/hooks/x?mmApiKey=***", null],
      ].map(([path, body]) => [path, body ?? undefined]),
    );
  });

  it("makes no ids again after a reset, also with a seed", async () => {
    const seeded = createSandbox({ seed: 1 });
    const ids = new Set<string>();
    for (const name of ["a", "b"]) {
      seeded.store.instances.start(journeyId, `${name}@seeds.example.com`, {});
      ids.add(seeded.instances()[0]!.instanceId);
      seeded.reset();
    }
    assert.equal(ids.size, 2);
    await seeded.close();
  });

  it("forgets everything on a reset", async () => {
    await started();
    const reset = await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
    assert.equal(reset.status, 204);
    assert.deepEqual([await list("instances"), await list("requests")], [[], []]);
  });
});
