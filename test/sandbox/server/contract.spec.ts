import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import addFormats from "ajv-formats";
import OpenAPIBackend, { type Document } from "openapi-backend";
import { SANDBOX_KEY } from "../../../sandbox/sandbox";
import { journeyId } from "../../support/journeyId";
import { useSandbox, type RunningSandbox } from "../../support/sandbox";

const email = "qa@seeds.example.com";
const unknownInstance = "11111111-2222-4333-8444-555555555555";

/** The vendor's own description is data of the vendor's, kept beside the project where there is one, never in it. */
const vendorFile = path.join(__dirname, "../../../../shared/vendor/mailmodo-user-journeys.openapi.json");
const descriptions: [whose: string, file: string][] = [["the project's", path.join(__dirname, "vendorContract.json")]];
if (fs.existsSync(vendorFile)) descriptions.push(["the vendor's", vendorFile]);

interface Case {
  readonly what: string;
  readonly call: "start" | "abort";
  /** What is sent; a function sees the sandbox, where something was started before. */
  readonly body: unknown;
  readonly status: 200 | 400;
  readonly success: boolean;
  /** Whether the request itself keeps to the vendor's description. */
  readonly valid: boolean;
  readonly before?: (sandbox: RunningSandbox) => Promise<unknown>;
}

const started = (sandbox: RunningSandbox) => sandbox.post(`/hooks/start/${journeyId}`, { email });
const cases: Case[] = [
  { what: "a start", call: "start", body: { email }, status: 200, success: true, valid: true },
  {
    what: "a start with everything",
    call: "start",
    body: { email, data: { firstName: "Ada", seats: 3, trial: true }, allowDuplicateEmail: true },
    status: 200,
    success: true,
    valid: true,
  },
  { what: "a duplicate", call: "start", body: { email }, status: 400, success: false, valid: true, before: started },
  { what: "no address", call: "start", body: {}, status: 400, success: false, valid: false },
  { what: "no real address", call: "start", body: { email: "qa" }, status: 400, success: false, valid: false },
  { what: "data as text", call: "start", body: { email, data: "x" }, status: 400, success: false, valid: false },
  {
    what: "an abort by address",
    call: "abort",
    body: { email, reason: "done" },
    status: 200,
    success: true,
    valid: true,
    before: started,
  },
  {
    what: "an abort of an unknown instance",
    call: "abort",
    body: { instanceId: unknownInstance },
    status: 400,
    success: false,
    valid: true,
  },
  { what: "nothing to abort", call: "abort", body: { email }, status: 400, success: false, valid: true },
  {
    what: "an abort with an empty reason",
    call: "abort",
    body: { email, reason: "" },
    status: 400,
    success: false,
    valid: false,
  },
];

for (const [whose, file] of descriptions) {
  describe(`the sandbox, by ${whose} description of the two calls`, () => {
    const sandbox = useSandbox();
    let api: OpenAPIBackend;
    before(async () => {
      api = new OpenAPIBackend({
        definition: JSON.parse(fs.readFileSync(file, "utf8")) as Document,
        // Its own check of a description knows OpenAPI 3.0 only, and these are 3.1.
        quick: true,
        customizeAjv: (ajv) => addFormats(ajv),
      });
      await api.init();
    });

    for (const { what, call, body, status, success, valid, before } of cases) {
      it(`answers ${what} as described`, async () => {
        await before?.(sandbox());
        const route = `/hooks/${call}/${journeyId}`;
        const answer = await sandbox().post(route, body);
        assert.deepEqual([answer.status, (answer.body as { success: boolean }).success], [status, success]);

        const request = {
          method: "POST",
          path: route,
          body: body as object,
          headers: { mmApiKey: SANDBOX_KEY, "Content-Type": "application/json" },
        };
        const operation = api.matchOperation(request);
        assert.ok(operation?.operationId);
        assert.equal(!api.validateRequest(request, operation).errors?.length, valid);
        const { errors } = api.validateResponse(answer.body, operation.operationId, status);
        assert.deepEqual(errors ?? [], []);
      });
    }

    it("is held to it: an answer of another form would be refused", () => {
      const operation = api.matchOperation({ method: "POST", path: `/hooks/start/${journeyId}`, headers: {} });
      const { errors } = api.validateResponse({ success: "yes", ref: 5 }, operation?.operationId ?? "", 200);
      assert.ok((errors ?? []).length > 0);
    });
  });
}
