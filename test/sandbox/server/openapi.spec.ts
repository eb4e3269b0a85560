import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import addFormats from "ajv-formats";
import { journeysOf, SANDBOX_KEY } from "mailmodo-sandbox";
import OpenAPIBackend, { type Document } from "openapi-backend";
import { findSchemathesis } from "../../../tools/schemathesis/schemathesis";
import { journeyId } from "../../support/journeyId";
import { useSandbox, type RunningSandbox } from "../../support/sandbox";
import contract from "./vendorContract.json";

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Body }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Body }> }>;
}
interface Body {
  readonly required?: string[];
  readonly properties?: object;
}
interface Described {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

const email = "qa@seeds.example.com";
const steps = [
  { delay: "0s", subject: "Hello {{name}}", text: "Hello", html: "<p>Hello</p>" },
  { delay: "1d", subject: "Second", text: "Again" },
];
const journeys = journeysOf({ [journeyId]: { steps } });

const describedBy = async ({ url }: RunningSandbox) => (await (await fetch(`${url}/openapi.json`)).json()) as Described;

describe("/openapi.json", () => {
  const sandbox = useSandbox({ journeys });

  it("describes each route, with a name of its own, by OpenAPI 3.1", async () => {
    const { openapi, paths } = await describedBy(sandbox());
    assert.match(openapi, /^3\.1\./);
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods)) as { operationId?: string }[];
    const names = operations.map(({ operationId }) => operationId);
    assert.ok(names.every((name) => name !== undefined));
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.length, 28);
    const withoutForbidden = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ responses }) => responses["403"] === undefined);
    assert.deepEqual(withoutForbidden, []);
  });

  it("agrees with the project's description of the vendor's calls: paths, methods, fields, statuses", async () => {
    const { paths } = await describedBy(sandbox());
    const shape = (content: { readonly schema: Body } | undefined) => ({
      required: content?.schema.required ?? [],
      properties: Object.keys(content?.schema.properties ?? {}),
    });
    const shapesOf = ({ requestBody, responses }: Operation) => ({
      request: shape(requestBody?.content["application/json"]),
      // The sandbox alone refuses calls for hosts that it does not know.
      responses: Object.entries(responses)
        .filter(([status]) => status !== "403")
        .map(([status, { content }]) => [status, shape(content?.["application/json"])]),
    });
    const vendors = Object.entries(contract.paths);
    assert.deepEqual(
      Object.keys(paths)
        .filter((name) => /^\/(hooks|api)\//.test(name))
        .sort(),
      vendors.map(([name]) => name).sort(),
    );
    for (const [name, methods] of vendors) {
      for (const [method, operation] of Object.entries(methods)) {
        if (method === "parameters") continue;
        assert.deepEqual(shapesOf(paths[name]![method]!), shapesOf(operation as unknown as Operation), name);
      }
    }
  });

  it("is true of what is there: each list, and each thing in it", async () => {
    const api = new OpenAPIBackend({
      definition: (await describedBy(sandbox())) as unknown as Document,
      quick: true,
      customizeAjv: (ajv) => addFormats(ajv),
    });
    await api.init();
    const answers = async (method: string, at: string, body?: unknown): Promise<unknown> => {
      const sent =
        body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const answer = await fetch(sandbox().url + at, { method, ...sent });
      const operation = api.matchOperation({ method, path: at, headers: {} });
      assert.ok(operation?.operationId, at);
      const isJson = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
      const said: unknown = isJson ? await answer.json() : await answer.text();
      const { errors } = api.validateResponse(said, operation.operationId, answer.status);
      if (isJson) assert.deepEqual(errors ?? [], [], at);
      return said;
    };
    await sandbox().post(`/hooks/start/${journeyId}`, { email, data: { name: "Ada" } });
    await sandbox().post(`/hooks/start/${journeyId}`, { email });
    await answers("POST", "/_sandbox/faults", { kind: "late", count: 2, seed: 5, email: "x" });
    // A move of the clock resolves once what is due is sent; a start does not wait for its first message.
    await answers("POST", "/_sandbox/clock", { advanceSeconds: 0 });
    await answers("POST", "/_sandbox/clock", { toNextMail: true });
    await sandbox().post(`/hooks/start/${journeyId}`, { email, data: { name: "Ada" } });
    await answers("POST", "/_sandbox/clock", { advanceSeconds: 0 });
    await sandbox().post(`/hooks/abort/${journeyId}`, { email, reason: "done" });
    await answers("GET", "/_sandbox/state");
    const [first] = (await answers("GET", "/_sandbox/instances")) as { instanceId: string }[];
    await answers("GET", `/_sandbox/instances/${first?.instanceId}`);
    await answers("GET", "/_sandbox/requests?after=1&limit=1");
    assert.equal(((await answers("GET", "/_sandbox/mails")) as unknown[]).length, 3);
    for (const of of ["", "/html", "/source"]) await answers("GET", `/_sandbox/mails/1${of}`);
    await answers("POST", "/_sandbox/contacts", [{ email, blocked: true, blockedReason: "Spam", lists: ["Seeds"] }]);
    assert.equal(((await answers("GET", "/_sandbox/contacts?limit=1")) as unknown[]).length, 1);
    await sandbox().post(`/hooks/start/${journeyId}`, { email });
    await answers("POST", "/_sandbox/clock", { advanceSeconds: 1 });
    await answers("GET", "/_sandbox/instances");
    await answers("GET", `/unsubscribe/${first?.instanceId}`);
    await answers("GET", "/_sandbox/clock");
  });
});

describe("the sandbox, called by schemathesis as /openapi.json says", () => {
  const sandbox = useSandbox({ journeys, log: () => undefined });
  const CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
  ];

  /** Tries what is described, and what is near it; the same cases each time. Resolves with what it printed. */
  async function attack(...args: string[]): Promise<string> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "schemathesis-"));
    try {
      const how = ["--phases", "examples,coverage,fuzzing", "--generation-deterministic", "--no-color"];
      const { stdout } = await promisify(execFile)(
        await findSchemathesis(),
        ["-m", "schemathesis.cli", "run", `${sandbox().url}/openapi.json`, "-c", CHECKS.join(","), ...how, ...args],
        { cwd: folder, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
      );
      return stdout;
    } catch (error) {
      throw new Error((error as { stdout?: string }).stdout || (error as Error).message);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }

  it("answers the vendor's calls as described, whatever is sent", async () => {
    const said = await attack("--include-path-regex", "^/(hooks|api)/", "-H", `mmApiKey: ${SANDBOX_KEY}`, "-n", "40");
    assert.match(said, /Tested: 8\n/);
    assert.ok(sandbox().requests().length > 100);
  });

  it("answers the admin API as described, whatever is sent", async () => {
    // The stream of events has no end.
    const said = await attack("--include-path-regex", "^/_sandbox/", "--exclude-path", "/_sandbox/events", "-n", "15");
    assert.match(said, /Tested: 17\n/);
  });
});
