// The engine is mocked here by the SDK's own setMocks, to see what a program registers; test/engine runs the real one.
import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CONTACT_LOADER } from "../../../provider/model/stateFormat";
import { Contact, type ContactArgs } from "../../../provider/program/contact";
import { stackAddress } from "../../../provider/program/stackAddress";
import { compileProblems } from "../../support/compile";
import { registrations } from "../../support/registrations";
import { UNSENDABLE } from "../../support/unsendable";

const email = "qa@seeds.example.com";
const args: ContactArgs = { email, list: "Seeds" };

describe("Contact", () => {
  it("registers its inputs with defaults, under its type, with the loader", async () => {
    const [one, ...others] = await registrations(() => new Contact("qa", args));
    assert.deepEqual(others, []);
    assert.deepEqual(one, {
      type: "pulumi-nodejs:dynamic/mailmodo:Contact",
      name: "qa",
      inputs: {
        ...args,
        data: {},
        adopt: false,
        stack: "organization/seeds/pr-7",
        __provider: CONTACT_LOADER,
      },
    });
  });

  it("registers what it is given, outputs too", async () => {
    const given: ContactArgs = {
      email: stackAddress(email),
      list: pulumi.output("Seeds"),
      data: { first_name: pulumi.output("Ada"), seats: 3 },
      adopt: pulumi.output(true),
      onDelete: "leave",
    };
    const [one] = await registrations(() => new Contact("qa", given));
    assert.deepEqual(one?.inputs, {
      email: "qa+seeds.pr-7@seeds.example.com",
      list: "Seeds",
      data: { first_name: "Ada", seats: 3 },
      adopt: true,
      onDelete: "leave",
      stack: "organization/seeds/pr-7",
      __provider: CONTACT_LOADER,
    });
  });

  it("refuses a second contact with the address in one line that names both", async () => {
    const both = () => [
      new Contact("one", args),
      new Contact("two", { ...args, email: pulumi.secret("QA@Seeds.example.com") }),
    ];
    await assert.rejects(
      registrations(both),
      /"one" and "two" are both the contact Q\*\*\*@Seeds\.example\.com\. Remove one/,
    );
  });

  for (const [what, opts, words] of [
    ["an import", { import: "x" }, /^The contact "qa" cannot be imported\. .* set adopt: true/],
    [
      "a replacement that archives first",
      { deleteBeforeReplace: true },
      /^deleteBeforeReplace of the contact "qa" must not be true: .* archive the contact while its journeys run\./,
    ],
    ["an id", { id: "x" }, /^The contact "qa" cannot be imported\./],
    [
      "replaceOnChanges of what changes in place",
      { replaceOnChanges: ["data"] },
      /replaceOnChanges of the contact "qa"/,
    ],
  ] as const)
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        registrations(() => new Contact("qa", args, opts as pulumi.CustomResourceOptions)),
        { message: words },
      );
    });

  it("refuses to be made without arguments, in one line", async () => {
    await assert.rejects(
      registrations(() => new Contact("qa", undefined as never)),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(error.message, 'The contact "qa" has no arguments. Pass them as an object after its name.');
        return true;
      },
    );
  });

  it("takes null for onDelete and adopt as what is not given", async () => {
    const [one] = await registrations(() => new Contact("qa", { ...args, adopt: null, onDelete: null } as never));
    assert.equal(one?.inputs["onDelete"], undefined);
  });

  it("takes replaceOnChanges of what replaces it anyway", async () => {
    assert.equal((await registrations(() => new Contact("qa", args, { replaceOnChanges: ["email"] }))).length, 1);
  });

  for (const [what, value] of UNSENDABLE.filter(([, , , inOutput]) => !String(inOutput).includes("nested")))
    it(`refuses ${what} among its values`, async () => {
      const data = { seats: value } as unknown as ContactArgs["data"];
      await assert.rejects(
        registrations(() => new Contact("qa", { ...args, ...(data === undefined ? {} : { data }) })),
      );
    });

  it("refuses a key that was set in clear", async () => {
    const config = { "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000001" };
    await assert.rejects(
      registrations(() => new Contact("qa", args), config),
      /was set without --secret/,
    );
  });

  it("compiles with what it takes, and not with nested values or another onDelete", () => {
    const problemsOf = (given: string) => {
      const file = path.join(__dirname, "contact-program.ts");
      const code = `import { Contact } from "pulumi-mailmodo";\nnew Contact("qa", { email: "a@b.example", list: "L", ${given} });\n`;
      return compileProblems(new Map([[file, code]])).length;
    };
    assert.deepEqual(
      ["data: { a: 1 }", 'onDelete: "leave"', "data: { a: { b: 1 } }", 'onDelete: "delete"'].map(
        (one) => problemsOf(one) > 0,
      ),
      [false, false, true, true],
    );
  }).timeout(60_000);
});
