// The engine is mocked here by the SDK's own setMocks, to see what a program registers; test/engine runs the real one.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { JourneyCohort, type CohortContact, type JourneyCohortArgs } from "../../../provider/program/journeyCohort";
import { JourneyEnrollment } from "../../../provider/program/journeyEnrollment";
import { journeyId } from "../../support/journeyId";
import { registrations } from "../../support/registrations";
import { UNSENDABLE } from "../../support/unsendable";

const contacts: CohortContact[] = Array.from({ length: 12 }, (_, nth) => ({ email: `qa${nth}@seeds.example.com` }));
const make = (args: Partial<JourneyCohortArgs>) =>
  registrations(() => new JourneyCohort("smoke", { journeyId, contacts, ...args }));
/** What is secret comes with a mark. */
const plain = (text: unknown) => (typeof text === "string" ? text : (text as { value: string }).value);
/** All contacts that were registered, by address. */
const registered = (all: Awaited<ReturnType<typeof make>>) =>
  Object.assign(
    {},
    ...all
      .filter(({ type }) => type.endsWith(":CohortShard"))
      .map(({ inputs }) => JSON.parse(plain(inputs["contacts"])) as object),
  ) as Record<string, unknown>;

describe("JourneyCohort", () => {
  it("registers a plan and at most so many shards, with each contact in one, and none that is empty", async () => {
    const all = await make({ shards: 5 });
    const types = all.map(({ type }) => type.split(":").at(-1));
    assert.deepEqual(types.slice(0, 2), ["JourneyCohort", "CohortPlan"]);
    const shards = all.filter(({ type }) => type.endsWith(":CohortShard"));
    assert.ok(shards.length > 1 && shards.length <= 5);
    assert.ok(
      shards.every(({ name, inputs }) => name === `smoke-${String(inputs["shard"])}` && inputs["contacts"] !== "{}"),
    );
    assert.deepEqual(Object.keys(registered(all)).sort(), contacts.map(({ email }) => email).sort());
    const { contacts: text, shard, numbers, ...common } = shards[0]!.inputs;
    const emails = Object.keys(JSON.parse(text as string) as object);
    assert.deepEqual(
      (JSON.parse(numbers as string) as number[]).map((number) => contacts[number - 1]?.email),
      emails,
    );
    assert.deepEqual([typeof text, typeof shard], ["string", "number"]);
    assert.deepEqual(common, {
      cohort: "smoke",
      shards: 5,
      size: 12,
      journeyId,
      allowDuplicateEmail: false,
      abortReason: "Removed by Pulumi from seeds/pr-7",
      stack: "organization/seeds/pr-7",
      __provider: `exports.handler = () => require("pulumi-mailmodo/cohortLifecycle")`,
    });
  });

  it("takes all spellings of a domain for one contact, so that another one enrolls nobody again", async () => {
    const spellings = [
      "qa@münchen.example",
      "qa@MÜNCHEN.Example",
      "qa@xn--mnchen-3ya.example",
      "qa@mu\u0308nchen.example",
    ];
    const shardsOf = async (email: string) =>
      (await make({ contacts: [...contacts, { email }] })).map(({ name, inputs }) => [name, inputs["contacts"]]);
    const first = await shardsOf(spellings[0]!);
    for (const spelling of spellings) assert.deepEqual(await shardsOf(spelling), first);
    assert.ok(JSON.stringify(first).includes("qa@xn--mnchen-3ya.example"));
  });

  it("still refuses a domain that only imitates an allowed one", async () => {
    const config = { "mailmodo:allowedRecipients": '["*@seeds.example.com"]' };
    for (const email of ["ada@\u017feeds.example.com", "ada@seeds\u200b.example.com", "ada@\uff53eeds.example.com"]) {
      const program = () => new JourneyCohort("smoke", { journeyId, contacts: [{ email }] }, {});
      await assert.rejects(registrations(program, config), /Number 1 .*: email .*(is outside|not a valid)/);
    }
  });

  it("has 64 shards by default", async () => {
    const all = await make({ contacts: [] });
    assert.equal(all.find(({ type }) => type.endsWith(":CohortPlan"))?.inputs["shards"], 64);
  });

  it("registers nothing but the plan for nobody", async () => {
    const all = await make({ contacts: [] });
    assert.deepEqual(
      all.map(({ type }) => type.split(":").at(-1)),
      ["JourneyCohort", "CohortPlan"],
    );
  });

  it("keeps each contact in its shard when others are added or removed", async () => {
    const placeOf = async (some: CohortContact[]) =>
      new Map(
        (await make({ contacts: some }))
          .filter(({ type }) => type.endsWith(":CohortShard"))
          .flatMap(({ name, inputs }) =>
            Object.keys(JSON.parse(inputs["contacts"] as string) as object).map((email) => [email, name] as const),
          ),
      );
    const [all, some] = [await placeOf(contacts), await placeOf(contacts.slice(3).reverse())];
    for (const [email, name] of some) assert.equal(name, all.get(email));
  });

  it("takes values and addresses that come as outputs", async () => {
    const all = await make({
      contacts: [
        { email: pulumi.secret("a@Seeds.Example.com"), data: { firstName: pulumi.output("Ada"), seats: 3 } },
        { email: "b@seeds.example.com", data: pulumi.output({ trial: true }) },
      ],
    });
    const texts = all.filter(({ type }) => type.endsWith(":CohortShard")).map(({ inputs }) => inputs["contacts"]);
    assert.ok(
      texts.every((text) => typeof text === "object"),
      "all are secret",
    );
    assert.deepEqual(registered(all), {
      "a@seeds.example.com": { firstName: "Ada", seats: 3 },
      "b@seeds.example.com": { trial: true },
    });
  });

  const refused: [what: string, args: Partial<JourneyCohortArgs>, says: RegExp][] = [
    [
      "an address twice, in any spelling",
      { contacts: [...contacts, { email: "QA3@seeds.example.com" }, { email: "qa0@seeds.example.com" }] },
      /^The cohort "smoke" has duplicate addresses: Q\*\*\*@seeds\.example\.com \(numbers 4 and 13\), q\*\*\*@seeds\.example\.com \(numbers 1 and 14\)\. List each address once/,
    ],
    ["shards of 0", { shards: 0 }, /^shards of the cohort "smoke" must be a whole number from 1 to 1024/],
    ["shards of 2.5", { shards: 2.5 }, /whole number/],
    ["shards of 1025", { shards: 1025 }, /whole number/],
    ["shards as text", { shards: "8" as never }, /whole number/],
    ["contacts that are no list", { contacts: {} as never }, /^contacts of the cohort "smoke" must be a list/],
    ["a contact without an address", { contacts: [{ email: "a@x.example" }, {} as never] }, /number 2 has none/],
    [
      "two forms of a domain",
      { contacts: [{ email: "qa@münchen.example" }, { email: "qa@xn--mnchen-3ya.example" }] },
      /has duplicate addresses: q\*\*\*@xn--mnchen-3ya\.example \(numbers 1 and 2\)/,
    ],
    [
      "values that are not valid, with the number of each contact",
      { contacts: [...contacts, { email: "ada@seeds.example.com", data: { seats: NaN } }, { email: "bob" }] },
      /^Of the contacts of the cohort "smoke" these are not valid\. Number 13 \(a\*\*\*@seeds\.example\.com\): data\.seats must be .*it is NaN\. Number 14 \(\*\*\*\): email is not a valid/,
    ],
    [
      "a bigint",
      { contacts: [{ email: "ada@seeds.example.com", data: { n: 1n as never } }] },
      /Number 1 .*data\.n must be .*it is a bigint\. Write it as text/,
    ],
    [
      "a Date",
      { contacts: [{ email: "ada@seeds.example.com", data: { n: new Date(0) as never } }] },
      /Number 1 .*data\.n must be .*it is a Date\. Write it as text/,
    ],
    [
      "half a character",
      { contacts: [{ email: "ada@seeds.example.com", data: { name: "\ud83d" } }] },
      /Number 1 .*data\.name ends or begins within a character/,
    ],
    [
      "values that are wrong once they are known",
      { contacts: [...contacts, { email: "ada@seeds.example.com", data: { n: pulumi.output(NaN) } }] },
      /Number 13 \(a\*\*\*@seeds\.example\.com\): data\.n must be .*it is NaN/,
    ],
    [
      "half a character in the reason",
      { abortReason: "\ud83d" },
      /^abortReason of the cohort "smoke" ends or begins within/,
    ],
    ["a contact that is text", { contacts: ["a@x.example" as never] }, /number 1 has none/],
  ];
  for (const [what, args, says] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(make(args), (error: Error) => {
        assert.ok(
          /^error serializing/.test(error.message) || pulumi.RunError.isInstance(error),
          "an error of the user's",
        );
        assert.match(error.message, says);
        return true;
      });
    });
  }

  for (const [what, value, says, inOutput = says] of UNSENDABLE) {
    const data = { n: value as never };
    const later = <T>(made: T) => pulumi.output(1).apply(() => made as pulumi.Unwrap<T>) as pulumi.Output<T>;
    const ways: [how: string, contact: Omit<CohortContact, "email">, says: RegExp][] = [
      ["itself", { data }, says],
      ["as an output", { data: { n: later(value) as never } }, says],
      ["in an output that makes it", { data: later(data) }, says],
      ["in a promise", { data: Promise.resolve(data) }, says],
      ["in pulumi.output", { data: pulumi.output(data) }, inOutput],
    ];
    for (const [how, contact, expected] of ways) {
      it(`refuses ${what} as a value, ${how}, and says what to write`, async () => {
        const list = [...contacts, { email: "ada@seeds.example.com", ...contact }];
        const number =
          /Number 13 \(a\*\*\*@seeds\.example\.com\): data\.n must be .*it is |data\.n of the contact number 13 \(a\*\*\*@seeds\.example\.com\) of the cohort "smoke" cannot be passed on: it is /;
        for (const given of [list, later(list), Promise.resolve(list)]) {
          await assert.rejects(make({ contacts: given }), (error: Error) => {
            assert.match(error.message, number);
            assert.match(error.message, expected);
            return true;
          });
        }
      });
    }
  }

  it("refuses addresses outside of the list, the first three with their numbers, and says how many more there are", async () => {
    const outside = Array.from({ length: 5 }, (_, nth) => ({ email: `ada${nth}@example.org` }));
    const config = { "mailmodo:allowedRecipients": '["*@seeds.example.com"]' };
    await assert.rejects(
      registrations(() => new JourneyCohort("smoke", { journeyId, contacts: [...contacts, ...outside] }), config),
      /Number 13 \(a\*\*\*@example\.org\): email .* is outside .* Number 15 .* 2 more have problems\.$/,
    );
  });

  it("takes its contacts as one output, secret throughout", async () => {
    const list = [{ email: "ada@seeds.example.com", data: { seats: 3 } }, { email: "Bob@Seeds.Example.com" }];
    const all = await make({ contacts: pulumi.secret(list) });
    assert.deepEqual(registered(all), {
      "ada@seeds.example.com": { seats: 3 },
      "Bob@seeds.example.com": {},
    });
    const shards = all.filter(({ type }) => type.endsWith(":CohortShard"));
    assert.ok(
      shards.every(({ inputs }) => typeof inputs["contacts"] === "object"),
      "all are secret",
    );
    assert.ok(!JSON.stringify(all.map(({ name }) => name)).includes("@"));
  });

  it("refuses an output that is no list of contacts", async () => {
    const program = () => new JourneyCohort("smoke", { journeyId, contacts: pulumi.output({} as never) });
    await assert.rejects(registrations(program), /contacts of the cohort "smoke" must be a list/);
    const wrong = () => new JourneyCohort("smoke", { journeyId, contacts: pulumi.output([{ email: 5 }] as never) });
    await assert.rejects(registrations(wrong), /Number 1 \(\*\*\*\): email must be one e-mail address/);
  });

  it("refuses to be made without arguments, in one line", async () => {
    await assert.rejects(
      registrations(() => new JourneyCohort("smoke", undefined as never)),
      {
        message: 'The cohort "smoke" has no arguments. Pass them as an object after its name.',
      },
    );
  });

  const refusedOptions: [what: string, opts: object, says: RegExp][] = [
    ["ignoreChanges", { ignoreChanges: ["contacts"] }, /^ignoreChanges of the cohort "smoke" would have no effect: /],
    [
      "replaceOnChanges",
      { replaceOnChanges: ["abortReason"] },
      /^replaceOnChanges of the cohort "smoke" would have no effect/,
    ],
    ["import", { import: "smoke/0" }, /^The cohort "smoke" cannot be imported/],
  ];
  for (const [what, opts, says] of refusedOptions) {
    it(`refuses the option ${what}, which would not reach its parts`, async () => {
      const program = () => new JourneyCohort("smoke", { journeyId, contacts }, opts);
      await assert.rejects(registrations(program), (error: Error) => {
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("gives its instances, and its size, in a unit test with Pulumi's mocks", async () => {
    const echo: pulumi.runtime.Mocks = {
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as object }),
      call: () => ({}),
    };
    await pulumi.runtime.setMocks(echo, "seeds", "pr-7", false);
    let cohort!: JourneyCohort;
    await pulumi.runtime.runInPulumiStack(async () => {
      cohort = new JourneyCohort("smoke", { journeyId, contacts: pulumi.output(contacts) });
    });
    const instances = await new Promise<object>((resolve) => void cohort.instances.apply(resolve));
    assert.deepEqual(Object.keys(instances).sort(), contacts.map(({ email }) => email).sort());
    assert.equal(await new Promise((resolve) => void cohort.size.apply(resolve)), 12);
  });

  it("refuses an address that an enrollment of the stack has already, and names both", async () => {
    const both = () => [
      new JourneyEnrollment("one", { journeyId, email: "qa3@seeds.example.com" }),
      new JourneyCohort("smoke", { journeyId, contacts }),
    ];
    await assert.rejects(registrations(both), /"one" and "smoke" both enroll q\*\*\*@seeds\.example\.com/);
  });

  it("refuses to be started again before it is aborted, as only JavaScript can ask for", async () => {
    const opts: object = { deleteBeforeReplace: false };
    await assert.rejects(
      registrations(() => new JourneyCohort("smoke", { journeyId, contacts }, opts)),
      /^Error: deleteBeforeReplace of the cohort "smoke" must not be false: /,
    );
  });
});
