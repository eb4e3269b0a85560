// The engine is mocked here by the SDK's own setMocks, to see what a program registers; test/engine runs the real one.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ARCHIVE_LOADER, TYPES } from "../../../provider/model/stateFormat";
import { Contact } from "../../../provider/program/contact";
import { JourneyCohort, type JourneyCohortArgs } from "../../../provider/program/journeyCohort";
import { JourneyEnrollment, type JourneyEnrollmentArgs } from "../../../provider/program/journeyEnrollment";
import { stackAddress } from "../../../provider/program/stackAddress";
import { journeyId } from "../../support/journeyId";
import { registrations } from "../../support/registrations";

const otherJourney = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
const tagged = (name: string) => `${name}+seeds.pr-7@seeds.example.com`;
const email = tagged("qa");

const enroll = (name: string, args: Partial<JourneyEnrollmentArgs> = {}, opts?: pulumi.CustomResourceOptions) =>
  new JourneyEnrollment(name, { journeyId, email, archiveContact: true, ...args }, opts);
const cohort = (name: string, names: readonly string[], args: Partial<JourneyCohortArgs> = {}) =>
  new JourneyCohort(name, {
    journeyId,
    contacts: names.map((one) => ({ email: tagged(one) })),
    archiveContact: true,
    shards: 1,
    ...args,
  });
const archives = async (program: () => unknown) =>
  (await registrations(program)).filter(({ type }) => type === TYPES.archive);
const refusal = async (program: () => unknown): Promise<string> => {
  // What the program returns are the stack's outputs, which fail with it.
  const error = await registrations(program).then(
    () => undefined,
    (reason: Error) => reason,
  );
  assert.ok(error, "it is refused");
  assert.doesNotMatch(error.message, /\n|(?<!\*\*\*)@seeds/);
  return error.message.replace(/^error serializing property "allowDuplicateEmail": /, "");
};

describe("archiveContact", () => {
  it("registers one archive for an address, with a name that does not have it, for enrollments in all journeys", async () => {
    const all = await archives(() => [enroll("one"), enroll("two", { journeyId: otherJourney })]);
    assert.deepEqual(all, [
      {
        type: "pulumi-nodejs:dynamic/mailmodo:ContactArchive",
        name: all[0]?.name,
        inputs: {
          contacts: JSON.stringify([email]),
          stack: "organization/seeds/pr-7",
          __provider: ARCHIVE_LOADER,
        },
      },
    ]);
    assert.match(all[0]!.name, /^contact-[0-9a-f]{12}$/);
  });

  it("gives each address its own, and all spellings of an address the same", async () => {
    const program = () => [
      enroll("one"),
      enroll("two", { email: tagged("bob") }),
      enroll("three", { email: email.replace("qa", "QA"), journeyId: otherJourney }),
    ];
    assert.equal((await archives(program)).length, 2);
  });

  for (const [what, archiveContact] of [
    ["false", false],
    ["an output of false", pulumi.output(false)],
    ["not set", undefined],
  ] as const) {
    it(`registers none where it is ${what}, for any address`, async () => {
      const program = () => [
        new JourneyEnrollment("qa", {
          journeyId,
          email: "qa@seeds.example.com",
          ...(archiveContact === undefined ? {} : { archiveContact }),
        }),
        cohort("smoke", ["ada"], { archiveContact: archiveContact ?? false }),
      ];
      assert.deepEqual(await archives(program), []);
    });
  }

  it("registers them where it is an output of true", async () => {
    const archiveContact = pulumi.output(true);
    const all = await archives(() => [enroll("qa", { archiveContact }), cohort("smoke", ["ada"], { archiveContact })]);
    assert.equal(all.length, 2);
  });

  it("keeps a secret address secret", async () => {
    const program = () => [
      enroll("qa", { email: pulumi.secret(email) }),
      cohort("smoke", [], { contacts: [{ email: pulumi.secret(tagged("ada")) }] }),
    ];
    const [one, two] = await archives(program);
    for (const { inputs } of [one!, two!]) assert.notEqual(typeof inputs["contacts"], "string");
  });

  it("registers one for each shard of a cohort, with the shard's addresses", async () => {
    const names = Array.from({ length: 12 }, (_, nth) => `qa${nth}`);
    const all = await archives(() => cohort("smoke", names, { shards: 3 }));
    assert.deepEqual(all.map(({ name }) => name).sort(), ["smoke-0", "smoke-1", "smoke-2"]);
    const addresses = all.flatMap(({ inputs }) => JSON.parse(inputs["contacts"] as string) as string[]);
    assert.deepEqual(addresses.sort(), names.map(tagged).sort());
    const { inputs } = all.find(({ name }) => name === "smoke-1")!;
    assert.deepEqual(inputs, {
      contacts: inputs["contacts"],
      cohort: "smoke",
      shard: 1,
      size: 12,
      stack: "organization/seeds/pr-7",
      __provider: ARCHIVE_LOADER,
    });
  });

  it("takes what stackAddress makes, also where it shortens the tag", async () => {
    const program = () => enroll("qa", { email: stackAddress(`${"q".repeat(47)}+a@seeds.example.com`) });
    assert.equal((await archives(program)).length, 1);
  });

  it("refuses an address without the stack's tag", async () => {
    assert.equal(
      await refusal(() => enroll("qa", { email: "qa+seeds.pr-8@seeds.example.com" })),
      'The enrollment "qa" cannot archive q***@seeds.example.com: archiveContact is only for addresses with this stack\'s tag, ' +
        "because others may use the contact of any other. Make the address with stackAddress, or leave archiveContact out.",
    );
  });

  it("refuses the contacts of a cohort that have none, by their numbers, and how many more", async () => {
    const contacts = ["ada", "bob", "eve", "joe", "kim"].map((name) => ({
      email: name === "bob" ? tagged(name) : `${name}@seeds.example.com`,
    }));
    assert.match(
      await refusal(() => cohort("smoke", [], { contacts })),
      /^The cohort "smoke" cannot archive number 1, a\*\*\*@seeds\.example\.com; number 3, e\*\*\*@seeds\.example\.com; number 4, j\*\*\*@seeds\.example\.com and 1 more: archiveContact is only/,
    );
  });

  it("refuses anything other than true or false", async () => {
    assert.equal(
      await refusal(() => enroll("qa", { archiveContact: "yes" as never })),
      'archiveContact of the enrollment "qa" must be true or false.',
    );
  });

  const mismatches: [what: string, program: () => unknown][] = [
    [
      "an enrollment that does not set it",
      () => [enroll("one", { archiveContact: false }), enroll("two", { journeyId: otherJourney })],
    ],
    ["one that comes later", () => [enroll("two"), enroll("one", { journeyId: otherJourney, archiveContact: false })]],
  ];
  for (const [what, program] of mismatches) {
    it(`refuses to archive the contact of ${what}`, async () => {
      assert.match(
        await refusal(program),
        /^"(one|two)" and "(one|two)" both use the contact q\*\*\*@seeds\.example\.com, and only "two" sets archiveContact\. Set it on both, or on none\.$/,
      );
    });
  }

  for (const [what, program] of [
    ["an enrollment", () => [cohort("smoke", ["qa"]), enroll("one", { journeyId: otherJourney })]],
    [
      "an enrollment without it, which comes first",
      () => [
        enroll("one", { journeyId: otherJourney, archiveContact: false, email: pulumi.secret(email.toUpperCase()) }),
        cohort("smoke", ["qa"]),
      ],
    ],
    [
      "another cohort",
      () => [cohort("smoke", ["qa"]), cohort("one", ["qa"], { journeyId: otherJourney, archiveContact: false })],
    ],
  ] as const) {
    it(`refuses an address of a cohort that is in ${what} too`, async () => {
      assert.match(
        await refusal(program),
        /^"(one|smoke)" and "(one|smoke)" both use the contact .\*\*\*@\S+, and "smoke" sets archiveContact\. With a cohort, the one that sets it must be the only one\. Remove the address from one of them, or archiveContact\.$/i,
      );
    });
  }

  for (const [what, program] of [
    ["enrollment", () => [new Contact("ada", { email, list: "Seeds" }), enroll("smoke")]],
    ["cohort", () => [cohort("smoke", ["qa"]), new Contact("ada", { email: pulumi.secret(email), list: "Seeds" })]],
  ] as const) {
    it(`refuses an address of an ${what} that is a Contact too`, async () => {
      assert.match(
        (await refusal(program)).replace(/^error serializing property "adopt": /, ""),
        /^"(ada|smoke)" and "(ada|smoke)" both archive the contact q\*\*\*@\S+: a Contact does that itself, after its enrollments\. Remove archiveContact from "smoke"\.$/,
      );
    });
  }

  it("lets enrollments and cohorts without it share a contact", async () => {
    const off = { archiveContact: false };
    const program = () => [cohort("smoke", ["qa"], off), enroll("one", { ...off, journeyId: otherJourney })];
    assert.deepEqual(await archives(program), []);
  });

  const leaving: [what: string, opts: pulumi.CustomResourceOptions][] = [
    ["retainOnDelete", { retainOnDelete: true }],
    ["ignoreChanges of email", { ignoreChanges: ["email"] }],
  ];
  for (const [what, opts] of leaving) {
    it(`refuses ${what}, with which the contact would be archived while its journey runs on`, async () => {
      assert.equal(
        await refusal(() => enroll("qa", {}, opts)),
        `archiveContact of the enrollment "qa" is not possible with ${what}: the contact would be archived while its journey runs on. ` +
          "Remove one of the two.",
      );
      assert.equal((await archives(() => enroll("qa", { archiveContact: false }, opts))).length, 0);
    });
  }

  it("refuses deletedWith, of a cohort too", async () => {
    const program = () => {
      const deletedWith = new pulumi.ComponentResource("seeds:index:Other", "other");
      const contacts = [{ email }];
      return new JourneyCohort("smoke", { journeyId, contacts, archiveContact: true }, { deletedWith });
    };
    assert.match(await refusal(program), /^archiveContact of the cohort "smoke" is not possible with deletedWith:/);
  });

  it("keeps the dependencies that the program gives", async () => {
    const program = () => {
      const first = enroll("first", { journeyId: otherJourney });
      for (const [nth, dependsOn] of [first, [first], pulumi.output([first]), Promise.resolve(first)].entries())
        enroll(`then${nth}`, { email: tagged(`qa${nth}`) }, { dependsOn });
    };
    assert.equal((await archives(program)).length, 5);
  });
});
