// The engine is mocked here by the SDK's own setMocks, to see what a program registers; test/engine runs the real one.
import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CONTACT_LOADER } from "../../../provider/model/stateFormat";
import { Contact, type ContactArgs } from "../../../provider/program/contact";
import { JourneyCohort } from "../../../provider/program/journeyCohort";
import { JourneyEnrollment } from "../../../provider/program/journeyEnrollment";
import { stackAddress } from "../../../provider/program/stackAddress";
import { compileProblems } from "../../support/compile";
import { journeyId } from "../../support/journeyId";
import { registrations } from "../../support/registrations";
import { UNSENDABLE } from "../../support/unsendable";

const email = "qa@seeds.example.com";
const args: ContactArgs = { email, list: "Seeds" };
const BOB = { email: "bob@seeds.example.com", list: "Seeds" };
const DEPENDS = 'depend on the enrollment "welcome", which enrolls its address';

/** As Pulumi takes it, although its types do not say so. */
const nested = (resource: pulumi.Resource) => pulumi.output([[resource]]) as unknown as pulumi.Input<pulumi.Resource[]>;

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
    [
      "an import",
      { import: "x" },
      /^The contact "qa" cannot be imported\. .* set adopt: true: .* leaves it in Mailmodo unless onDelete is "archive"\.$/,
    ],
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

  describe("that depends on what enrolls addresses", () => {
    type Made = [Partial<ContactArgs>, pulumi.CustomResourceOptions?];
    const welcome = (opts?: pulumi.CustomResourceOptions, to = "QA@Seeds.example.com") =>
      new JourneyEnrollment("welcome", { journeyId, email: to }, opts);
    const smoke = (to = email) => new JourneyCohort("smoke", { journeyId, shards: 2, contacts: [{ email: to }] });
    const component = () => new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
    const inComponent = () => {
      const seeds = component();
      welcome({ parent: seeds });
      return seeds;
    };
    const made = (make: () => Made) =>
      registrations(async () => {
        const [given, opts] = make();
        const { urn } = new Contact("qa", { ...args, ...given }, opts);
        // Part of the SDK, but missing from its types.
        await (urn as unknown as { promise: () => Promise<string> }).promise();
      });

    for (const [what, make, how] of [
      ["its email", () => [{ email: welcome().email }], 'take its email from the enrollment "welcome"'],
      [
        "its email, made of it",
        () => [{ email: pulumi.secret(welcome().instanceId.apply(() => email)) }],
        'take its email from the enrollment "welcome"',
      ],
      [
        "its email, out of a cohort",
        () => [{ email: smoke().instances.apply((all) => Object.keys(all)[0]!) }],
        'take its email from the cohort "smoke"',
      ],
      ["a value", () => [{ data: { ref: welcome().instanceId } }], DEPENDS],
      ["dependsOn", () => [{}, { dependsOn: welcome() }], DEPENDS],
      ["dependsOn, in an output of lists", () => [{}, { dependsOn: nested(welcome()) }], DEPENDS],
      ["dependsOn, in a promise", () => [{}, { dependsOn: Promise.resolve([welcome()]) }], DEPENDS],
      ["dependsOn, by an output of it", () => [{}, { dependsOn: welcome().id.apply(() => []) }], DEPENDS],
      ["dependsOn, in a component", () => [{}, { dependsOn: inComponent() }], DEPENDS],
      [
        "dependsOn, in a cohort",
        () => [{}, { dependsOn: [smoke()] }],
        DEPENDS.replace('enrollment "welcome"', 'cohort "smoke"'),
      ],
      ["parent", () => [{}, { parent: welcome() }], DEPENDS],
      ["the parent's parent", () => [{}, { parent: new Contact("bob", BOB, { parent: welcome() }) }], DEPENDS],
      ["deletedWith", () => [{}, { deletedWith: welcome() }], DEPENDS],
    ] as [string, () => Made, string][])
      it(`is refused if it is its own, by ${what}`, async () => {
        const words =
          `The contact "qa" must not ${how}: Pulumi would delete the contact first, while its journey runs, so no destroy ` +
          'could archive it. Make the contact first, and let the enrollment take its email from it. Or set onDelete: "leave".';
        await assert.rejects(made(make), (error: Error) => error.message.endsWith(words));
      });

    for (const [what, make] of [
      [
        "by dependsOn, if they are others",
        () => [{}, { dependsOn: [welcome({}, BOB.email), smoke("eve@seeds.example.com")] }],
      ],
      ["by a value, if they are others", () => [{ data: { ref: welcome({}, BOB.email).instanceId } }]],
      [
        "by any of these, if a delete leaves it",
        () => [
          { email: welcome().email, onDelete: pulumi.output("leave" as const) },
          { dependsOn: smoke("eve@seeds.example.com") },
        ],
      ],
      ["by the component that both are in", () => [{}, { parent: inComponent() }]],
    ] as [string, () => Made][])
      it(`is taken ${what}`, async () => {
        assert.ok((await made(make)).some(({ name }) => name === "qa"));
      });
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
