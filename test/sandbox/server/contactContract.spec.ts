import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import addFormats from "ajv-formats";
import OpenAPIBackend, { type Document } from "openapi-backend";
import { SANDBOX_KEY } from "../../../sandbox/sandbox";
import { useSandbox } from "../../support/sandbox";

interface Operation {
  operationId?: string;
  parameters?: { readonly name?: string; readonly in: string; schema: { enum?: unknown } }[];
}
interface Described {
  readonly paths: Record<string, Record<string, Operation>>;
}

const email = "qa@seeds.example.com";
const other = "other@seeds.example.com";

/** The vendor's own description is data of the vendor's, kept beside the project where there is one, never in it. */
const vendorFile = path.join(__dirname, "../../../../shared/vendor/mailmodo-contact-management.openapi.json");
const descriptions: [whose: string, file: string, below: string][] = [
  ["the project's", path.join(__dirname, "vendorContract.json"), ""],
];
if (fs.existsSync(vendorFile)) descriptions.push(["the vendor's", vendorFile, "/api/v1"]);

interface Case {
  readonly what: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly call: string;
  readonly body?: object;
  readonly status: 200 | 400;
  /** Whether the request itself keeps to the description. */
  readonly valid: boolean;
}

const get = (what: string, call: string, status: 200 | 400): Case => ({
  what,
  method: "GET",
  call,
  status,
  valid: true,
});
const send = (
  method: "POST" | "DELETE",
  [what, call]: [string, string],
  body: object,
  status: 200 | 400,
  valid = true,
): Case => ({ what, method, call, body, status, valid });

const everything = { email: other, listName: "Others", data: { age: 27, name: "Ada" }, timezone: "Europe/Berlin" };
const cases: Case[] = [
  send("POST", ["an addition", "addToList"], { email: other, listName: "Seeds" }, 200),
  send("POST", ["an addition with everything", "addToList"], { ...everything, created_at: 1642849352 }, 200),
  send("POST", ["an addition to no list", "addToList"], { email: other }, 400, false),
  get("a look-up", `getContactDetails?email=${email}`, 200),
  get("a look-up of a contact that does not exist", `getContactDetails?email=${other}`, 400),
  send("DELETE", ["an archiving", "contacts"], { email }, 200),
  send("DELETE", ["an archiving of a contact that does not exist", "contacts"], { email: other }, 400),
  send("DELETE", ["an archiving of nobody", "contacts"], {}, 400, false),
  send("POST", ["a removal", "removeFromList"], { email, listName: "Seeds" }, 200),
  send("POST", ["a removal from a list that does not exist", "removeFromList"], { email, listName: "None" }, 400),
  send("POST", ["a resubscription", "contacts/resubscribe"], { email }, 200),
  get("the lists", "getAllContactLists", 200),
];

for (const [whose, file, below] of descriptions) {
  describe(`the sandbox, by ${whose} description of the contact calls`, () => {
    const sandbox = useSandbox();
    let api: OpenAPIBackend;
    before(async () => {
      const definition = mended(JSON.parse(fs.readFileSync(file, "utf8")) as Described);
      // Its own check of a description knows OpenAPI 3.0 only, and these are 3.1.
      api = new OpenAPIBackend({ definition, apiRoot: below, quick: true, customizeAjv: (ajv) => addFormats(ajv) });
      await api.init();
    });
    beforeEach(() =>
      sandbox().setContacts([{ email, lists: ["Seeds"], unsubscribed: true, unsubscribeReason: "Spam" }]),
    );

    for (const { what, method, call, body, status, valid } of cases) {
      it(`answers ${what} as described`, async () => {
        const route = `/api/v1/${call}`;
        const headers = { mmApiKey: SANDBOX_KEY, "Content-Type": "application/json" };
        const answer = await fetch(sandbox().url + route, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const said: unknown = await answer.json();
        assert.equal(answer.status, status, JSON.stringify(said));

        const [pathname = "", query = ""] = route.split("?");
        const request = { method, path: pathname, query, headers, ...(body === undefined ? {} : { body }) };
        const operation = api.matchOperation(request);
        assert.ok(operation?.operationId, route);
        assert.equal(!api.validateRequest(request, operation).errors?.length, valid);
        const { errors } = api.validateResponse(said, operation.operationId, status);
        assert.deepEqual(errors ?? [], []);
      });
    }

    it("is held to it: an answer of another form would be refused", () => {
      const operation = api.matchOperation({ method: "POST", path: "/api/v1/addToList", headers: {} });
      const { errors } = api.validateResponse({ success: "yes", message: 5 }, operation?.operationId ?? "", 200);
      assert.ok((errors ?? []).length > 0);
    });
  });
}

/**
 * The vendor's file gives some calls the same name, or an empty one, has a parameter without a name, and allows one word
 * as an address.
 */
function mended(described: Described): Document {
  for (const [name, methods] of Object.entries(described.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (method === "parameters") continue;
      operation.operationId = `${method} ${name}`;
      operation.parameters = (operation.parameters ?? []).filter((parameter) => parameter.name !== undefined);
      for (const { in: place, schema } of operation.parameters) if (place === "query") delete schema.enum;
    }
  }
  return described as unknown as Document;
}
