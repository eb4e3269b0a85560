import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import enrollmentLifecycle from "../../provider/enrollmentLifecycle";
import type { EnrollmentInputs, EnrollmentState } from "../../provider/inputs";
import { Journal } from "../../provider/journal";
import { LOADER } from "../../provider/loader";
import { SANDBOX_KEY } from "../../sandbox/server";
import { json, serve, type Answer, type TestServer } from "../support/server";
import { useSandbox } from "../support/sandbox";

const inputs: EnrollmentInputs = {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: "qa@seeds.example.com",
  data: { firstName: "Ada" },
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  __provider: LOADER,
};

/** Configures the lifecycle as the plugin does: with the whole stack config. */
async function configure(values: Record<string, string | undefined>): Promise<void> {
  const config = { get: (name: string) => values[name] } as pulumi.dynamic.Config;
  await enrollmentLifecycle.configure({ config });
}

function settings(baseUrl: string, others: Record<string, string | undefined> = {}) {
  return {
    "mailmodo:apiKey": SANDBOX_KEY,
    "mailmodo:baseUrl": baseUrl,
    "mailmodo:allowedRecipients": '["*@seeds.example.com"]',
    "mailmodo:requestTimeoutSeconds": "0.5",
    ...others,
  };
}

describe("the lifecycle of an enrollment, against the sandbox", () => {
  const sandbox = useSandbox();
  beforeEach(() => configure(settings(sandbox().url)));
  // What the tests before left is still there for its two seconds.
  beforeEach(() => fs.rmSync(new Journal(SANDBOX_KEY).folder, { recursive: true, force: true }));

  const create = () => enrollmentLifecycle.create(inputs);
  const last = () => sandbox().store.requests().at(-1);

  it("checks without a request, and fills in the defaults", async () => {
    const { journeyId, email, abortReason, __provider } = inputs;
    const given = { journeyId, email, abortReason, __provider } as EnrollmentInputs;
    const { inputs: checked, failures } = await enrollmentLifecycle.check(given, given);
    assert.deepEqual(failures, []);
    assert.deepEqual(checked, { ...inputs, data: {} });
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("names what is wrong with settings and inputs, without a property whose value the engine would print", async () => {
    await configure(settings("nowhere", { "mailmodo:allowedRecipients": undefined }));
    const { failures } = await enrollmentLifecycle.check(inputs, { ...inputs, journeyId: "x" });
    assert.deepEqual(
      failures?.map(({ property, reason }) => [property, reason.split(" ").slice(0, 2).join(" ")]),
      [
        ["", "mailmodo:baseUrl is"],
        ["", "Missing mailmodo:allowedRecipients:"],
        ["", "journeyId must"],
      ],
    );
  });

  it("creates by one start, and takes the instance id as the id", async () => {
    const { id, outs } = await create();
    const [instance, ...others] = sandbox().store.all();
    assert.deepEqual(others, []);
    assert.equal(instance?.instanceId, id);
    assert.deepEqual(instance?.data, { firstName: "Ada" });
    const { instanceId, status, startedAt, ...rest } = outs;
    assert.deepEqual([instanceId, status, rest], [id, "started", inputs]);
    assert.match(startedAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("records nothing when the start is refused", async () => {
    await create();
    await assert.rejects(create(), (error: Error) => {
      assert.match(error.message, /refused it \(400\): "The journey is already running for the provided email"/);
      assert.ok(!("id" in error));
      return true;
    });
  });

  it("replaces by abort before start", async () => {
    const { id, outs } = await create();
    const diff = await enrollmentLifecycle.diff(id, outs, { ...inputs, data: {} });
    assert.deepEqual(diff, { changes: true, replaces: ["data"], deleteBeforeReplace: true });
  });

  it("sees no change where there is none", async () => {
    const { id, outs } = await create();
    assert.equal((await enrollmentLifecycle.diff(id, outs, inputs)).changes, false);
  });

  it("updates the abort reason without a request, and returns everything", async () => {
    const { id, outs } = await create();
    const news = { ...inputs, abortReason: "other" };
    assert.deepEqual(await enrollmentLifecycle.update(id, outs, news), { outs: { ...outs, abortReason: "other" } });
    assert.equal(sandbox().store.requests().length, 1);
  });

  it("deletes by one abort of the instance, with the reason", async () => {
    const { id, outs } = await create();
    await enrollmentLifecycle.delete(id, outs);
    assert.deepEqual(last()?.body, { instanceId: id, reason: "preview closed" });
    assert.equal(sandbox().store.all()[0]?.abortReason, "preview closed");
  });

  it("takes an enrollment that is already over as deleted, and says so in one line", async () => {
    const { id, outs } = await create();
    await enrollmentLifecycle.delete(id, outs);
    const lines = await printed(() => enrollmentLifecycle.delete(id, outs));
    assert.deepEqual(lines, [
      `Nothing left to abort in journey ${inputs.journeyId} for q***@seeds.example.com: "The journey instance has already ended"`,
    ]);
  });

  it("replaces an enrollment whose abort a killed plugin began, for it may be over", async () => {
    const { id, outs } = await create();
    const note = new Journal(SANDBOX_KEY).note("abort", outs);
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, [], "this plugin is at it");
    asOfAKilledPlugin();
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, ["instanceId"]);
    await enrollmentLifecycle.delete(id, outs);
    assert.deepEqual((await enrollmentLifecycle.diff(id, outs, inputs)).replaces, []);
    note.drop();
  });

  it("aborts a start that a killed plugin left behind, before it starts the address again", async () => {
    const lost = await create();
    new Journal(SANDBOX_KEY).note("start", inputs).confirm(lost.id);
    asOfAKilledPlugin();
    const { id } = await create();
    assert.deepEqual(
      sandbox()
        .store.all()
        .map(({ instanceId, status }) => [instanceId, status]),
      [
        [lost.id, "aborted"],
        [id, "running"],
      ],
    );
  });

  it("says that nothing was sent where it cannot note the start", async () => {
    const home = process.env["PULUMI_HOME"];
    process.env["PULUMI_HOME"] = "/dev/null";
    try {
      await assert.rejects(create(), /it could not be noted in \S+ \(ENOTDIR\)\. Nothing was sent\./);
    } finally {
      process.env["PULUMI_HOME"] = home;
    }
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("takes the key of today from the environment, whatever the config says", async () => {
    const { id, outs } = await create();
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    await assert.rejects(enrollmentLifecycle.delete(id, outs), (error: Error) => {
      assert.match(error.message, /refused the API key \(400\): "Invalid mmApiKey"/);
      for (const way of ["MAILMODO_API_KEY", "pulumi up", "pulumi destroy --run-program"]) {
        assert.ok(error.message.includes(way), error.message);
      }
      assert.equal(error.stack, "");
      return true;
    });
    process.env["MAILMODO_API_KEY"] = "TESTKEY-0000000-0000000-0000009";
    try {
      await enrollmentLifecycle.delete(id, outs);
    } finally {
      delete process.env["MAILMODO_API_KEY"];
    }
    assert.equal(sandbox().store.all()[0]?.status, "aborted");
  });

  it("starts nothing for an address outside the list, even if the check is passed over", async () => {
    await assert.rejects(
      enrollmentLifecycle.create({ ...inputs, email: "jane@example.org" }),
      /Could not start journey \S+ for j\*\*\*@example\.org: the address is outside mailmodo:allowedRecipients\. Nothing was sent\./,
    );
    assert.equal(sandbox().store.requests().length, 0);
  });

  it("aborts an address that the list no longer has: only starts need it", async () => {
    const { id, outs } = await create();
    await configure(settings(sandbox().url, { "mailmodo:allowedRecipients": undefined }));
    await enrollmentLifecycle.delete(id, outs);
    assert.equal(sandbox().store.all()[0]?.status, "aborted");
  });
});

describe("an unconfirmed start", () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function answering(answer: Answer): Promise<void> {
    server = await serve(answer);
    await configure(settings(server.url));
  }
  const unconfirmed: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt: "2026-11-24T12:00:00.000Z" };
  const id = `unconfirmed:${inputs.journeyId}`;
  const ref = "11111111-2222-4333-8444-555555555555";
  const paths = () => server.seen.map(({ url }) => url.split("/")[2]);

  it("is recorded with all that delete needs, and says what happens next", async () => {
    await answering((response) => response.destroy());
    await assert.rejects(enrollmentLifecycle.create(inputs), (error: Error & Record<string, unknown>) => {
      const { startedAt, ...properties } = error["properties"] as EnrollmentState;
      assert.equal(error["id"], id);
      assert.deepEqual(properties, { ...inputs, status: "unconfirmed" });
      assert.match(startedAt, /Z$/);
      assert.match(
        error.message,
        /may have taken effect\. It is recorded as unconfirmed.*aborts by address, then starts once/,
      );
      return true;
    });
    assert.deepEqual(paths(), ["start"]);
  });

  it("is a change by itself, for a refresh takes the engine's mark of it away", async () => {
    await answering((response) => response.end());
    assert.deepEqual(await enrollmentLifecycle.diff(id, unconfirmed, inputs), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const both = { allowDuplicateEmail: true, triggers: ["1"] };
    const { replaces } = await enrollmentLifecycle.diff(
      id,
      { ...unconfirmed, ...both },
      { ...inputs, ...both, triggers: [] },
    );
    assert.deepEqual(replaces, [], "a replace would abort by address");
  });

  it("is mended by update: abort by address, then one start", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    const { outs } = await enrollmentLifecycle.update(id, unconfirmed, { ...inputs, abortReason: "other" });
    assert.deepEqual(paths(), ["abort", "start"]);
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), { email: inputs.email, reason: "preview closed" });
    assert.deepEqual([outs.instanceId, outs.status, outs.abortReason], [ref, "started", "other"]);
  });

  it("is mended where nothing had been started", async () => {
    await answering((response, nth) =>
      nth === 1
        ? json(response, 400, { success: false, status: "error", message: "No such journey instance" })
        : json(response, 200, { success: true, message: "ok", ref }),
    );
    const lines = await printed(() => enrollmentLifecycle.update(id, unconfirmed, inputs));
    assert.equal(lines.length, 1);
    assert.deepEqual(paths(), ["abort", "start"]);
  });

  it("is not started while the abort is refused", async () => {
    await answering((response) => json(response, 400, { success: false, message: "Journey is paused" }));
    await assert.rejects(
      enrollmentLifecycle.update(id, unconfirmed, inputs),
      /refused it \(400\): "Journey is paused"/,
    );
    assert.deepEqual(paths(), ["abort"]);
  });

  it("stays and says so where allowDuplicateEmail lets others run for the address", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    const both = { allowDuplicateEmail: true };
    await assert.rejects(
      enrollmentLifecycle.update(id, { ...unconfirmed, ...both }, { ...inputs, ...both }),
      (error: Error & Record<string, unknown>) => {
        assert.equal(error["id"], id);
        assert.match(error.message, /stays recorded as unconfirmed/);
        return true;
      },
    );
    assert.deepEqual(paths(), []);
  });

  it("is deleted by address", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok" }));
    await enrollmentLifecycle.delete(id, unconfirmed);
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), { email: inputs.email, reason: "preview closed" });
  });

  it("stays in the state when its abort is refused, and the way out is named", async () => {
    await answering((response) => json(response, 400, { success: false, message: "Journey is paused" }));
    await assert.rejects(enrollmentLifecycle.delete(id, unconfirmed), /pulumi state delete <urn>/);
  });
});

/** Makes every note look like one of a plugin that was killed. */
function asOfAKilledPlugin(): void {
  const folder = new Journal(SANDBOX_KEY).folder;
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    fs.writeFileSync(file, JSON.stringify({ ...(JSON.parse(fs.readFileSync(file, "utf8")) as object), pid }));
  }
}

/** Runs something and gives the lines that it printed. */
async function printed(something: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    await something();
  } finally {
    console.log = log;
  }
  return lines;
}
