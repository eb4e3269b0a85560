// The engine is mocked here by the SDK's own setMocks, to see what a program registers; test/engine runs the real one.
import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, type JourneyEnrollmentArgs } from "../../../provider/program/journeyEnrollment";
import { LOADER } from "../../../provider/model/stateFormat";
import { stackAddress } from "../../../provider/program/stackAddress";
import { compileProblems } from "../../support/compile";
import { journeyId } from "../../support/journeyId";
import { registrations } from "../../support/registrations";
import { UNSENDABLE } from "../../support/unsendable";

const email = "qa@seeds.example.com";

describe("JourneyEnrollment", () => {
  it("registers its inputs with defaults, under its type, with the loader", async () => {
    const [one, ...others] = await registrations(() => new JourneyEnrollment("qa", { journeyId, email }));
    assert.deepEqual(others, []);
    assert.deepEqual(one, {
      type: "pulumi-nodejs:dynamic/mailmodo:JourneyEnrollment",
      name: "qa",
      inputs: {
        journeyId,
        email,
        data: {},
        allowDuplicateEmail: false,
        abortReason: "Removed by Pulumi from seeds/pr-7",
        stack: "organization/seeds/pr-7",
        __provider: LOADER,
      },
    });
  });

  it("registers what it is given, outputs too", async () => {
    const args: JourneyEnrollmentArgs = {
      journeyId: pulumi.output(journeyId),
      email: stackAddress(email),
      data: { firstName: pulumi.output("Ada"), seats: 3, trial: true },
      allowDuplicateEmail: true,
      abortReason: "preview closed",
      triggers: ["0a1b2c3", pulumi.output(7)],
    };
    const [one] = await registrations(() => new JourneyEnrollment("qa", args));
    assert.deepEqual(one?.inputs, {
      journeyId,
      email: "qa+seeds.pr-7@seeds.example.com",
      data: { firstName: "Ada", seats: 3, trial: true },
      allowDuplicateEmail: true,
      abortReason: "preview closed",
      triggers: ["0a1b2c3", 7],
      stack: "organization/seeds/pr-7",
      __provider: LOADER,
    });
  });

  it("refuses a second enrollment of an address in a journey in one line that names both", async () => {
    const both = () => [
      new JourneyEnrollment("one", { journeyId, email }),
      new JourneyEnrollment("two", { journeyId, email: pulumi.secret("QA@Seeds.example.com") }),
    ];
    await assert.rejects(registrations(both), {
      message:
        'error serializing property "allowDuplicateEmail": ' +
        `"one" and "two" both enroll Q***@Seeds.example.com in journey ${journeyId}. ` +
        "Remove one, or set allowDuplicateEmail on both.",
    });
  });

  it("refuses it too where only one of them allows it", async () => {
    const both = () => [
      new JourneyEnrollment("one", { journeyId, email, allowDuplicateEmail: true }),
      new JourneyEnrollment("two", { journeyId, email }),
    ];
    await assert.rejects(registrations(both), /"one" and "two" both enroll/);
  });

  const allowed: [what: string, one: Partial<JourneyEnrollmentArgs>, two: Partial<JourneyEnrollmentArgs>][] = [
    ["the same address where both allow it", { allowDuplicateEmail: true }, { allowDuplicateEmail: true }],
    ["the same address in another journey", {}, { journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }],
    ["another address in the same journey", {}, { email: "qa2@seeds.example.com" }],
  ];
  for (const [what, one, two] of allowed) {
    it(`allows a second enrollment of ${what}`, async () => {
      const registered = await registrations(() => {
        new JourneyEnrollment("one", { journeyId, email, ...one });
        new JourneyEnrollment("two", { journeyId, email, ...two });
      });
      assert.equal(registered.length, 2);
    });
  }

  it("leaves the stack trace of the SDK's own refusals as it is, with the program's place in it", async () => {
    const { stackTraceLimit } = Error;
    await assert.rejects(
      registrations(() => new JourneyEnrollment("", { journeyId, email })),
      (error: Error) => {
        assert.match(
          error.stack ?? "",
          /^Error: Missing resource name argument.*\n( +at .*\n)* +at .*journeyEnrollment\.spec\.ts:/,
        );
        return true;
      },
    );
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
  });

  it("has Node describe one stack trace, where the SDK has it describe one for each of its promises", async () => {
    const tracesOf = (make: () => unknown) => {
      const before: unknown = Reflect.get(Error, "prepareStackTrace");
      let described = 0;
      Error.prepareStackTrace = (_error, frames) => {
        if (frames.length > 0) described += 1;
        return "";
      };
      try {
        make();
      } finally {
        Reflect.set(Error, "prepareStackTrace", before);
      }
      return described;
    };
    let described: number[] = [];
    await registrations(() => {
      described = [
        tracesOf(() => new JourneyEnrollment("qa", { journeyId, email })),
        tracesOf(() => new pulumi.ComponentResource("seeds:index:Other", "other", { journeyId, email })),
      ];
    });
    assert.equal(described[0], 1);
    assert.ok(described[1]! > 1, `${described[1]}`);
  });

  it("allows the same enrollment again in the next run of one process", async () => {
    const program = () => new JourneyEnrollment("one", { journeyId, email });
    await registrations(program);
    assert.equal((await registrations(program)).length, 1);
  });

  it("refuses to be started again before it is aborted", async () => {
    const program = (deleteBeforeReplace: boolean) => () =>
      new JourneyEnrollment("one", { journeyId, email }, { deleteBeforeReplace });
    await assert.rejects(registrations(program(false)), {
      message:
        'deleteBeforeReplace of the enrollment "one" must not be false: a replacement would enroll an address again ' +
        "before the running journey is aborted. Remove the option.",
    });
    assert.equal((await registrations(program(true))).length, 1);
  });

  it("refuses a key that was set without --secret, without repeating it", async () => {
    const program = () => new JourneyEnrollment("one", { journeyId, email });
    await assert.rejects(
      registrations(program, { "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000001" }),
      (error: Error) => {
        assert.match(error.message, /was set without --secret.*pulumi config set --secret mailmodo:apiKey <key>/);
        assert.ok(!error.message.includes("0000000"));
        return true;
      },
    );
  });

  it("refuses a key that was set as its own reference, without repeating it", async () => {
    const program = () => new JourneyEnrollment("one", { journeyId, email });
    await assert.rejects(
      registrations(program, { "mailmodo:apiKeySecret": "TESTKEY-0000000-0000000-0000001" }),
      (error: Error) => {
        assert.match(
          error.message,
          /apiKeySecret is an API key, .*pulumi config set --secret mailmodo:apiKey <key>.*new key/,
        );
        assert.ok(!error.message.includes("0000000"));
        return true;
      },
    );
    assert.equal((await registrations(program, { "mailmodo:apiKeySecret": "prod/mailmodo#apiKey" })).length, 1);
  });

  it("refuses to be made without arguments, in one line", async () => {
    await assert.rejects(
      registrations(() => new JourneyEnrollment("one", undefined as never)),
      {
        message: 'The enrollment "one" has no arguments. Pass them as an object after its name.',
      },
    );
  });

  const options: [what: string, opts: object, says: RegExp][] = [
    ["import", { import: "id" }, /^The enrollment "one" cannot be imported: Mailmodo cannot be asked what runs\./],
    ["id", { id: "id" }, /^The enrollment "one" cannot be imported/],
    [
      "replaceOnChanges of abortReason",
      { replaceOnChanges: ["abortReason"] },
      /^replaceOnChanges of the enrollment "one"/,
    ],
    ["replaceOnChanges of all", { replaceOnChanges: ["*"] }, /^replaceOnChanges .* put that into triggers\.$/],
  ];
  for (const [what, opts, says] of options) {
    it(`refuses the option ${what}, which would have no effect`, async () => {
      await assert.rejects(
        registrations(() => new JourneyEnrollment("one", { journeyId, email }, opts)),
        (error: Error) => {
          assert.ok(pulumi.RunError.isInstance(error), "an error of the user's");
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }

  it("takes replaceOnChanges of what is replaced anyway", async () => {
    const opts = { replaceOnChanges: ["email", "data"], ignoreChanges: ["data"] };
    assert.equal((await registrations(() => new JourneyEnrollment("one", { journeyId, email }, opts))).length, 1);
  });

  class Half {
    readonly text = "\ud83d";
  }
  const circular: unknown[] = [];
  circular.push(circular);
  const values: [what: string, args: object, says: RegExp][] = [
    [
      "half a character in data",
      { data: { name: "Zo\ud83d" } },
      /data\.name of the enrollment "one" ends or begins within a/,
    ],
    [
      "one that is known later",
      { data: { name: pulumi.output("\ud83d") } },
      /data\.name of the enrollment "one" ends or/,
    ],
    ["one in a promise", { data: Promise.resolve({ name: "\ud83d" }) }, /data\.name of the enrollment "one" ends or/],
    [
      "half a character in a key",
      { data: { "\ud83d": 1 } },
      /data of the enrollment "one" has a key that ends or begins/,
    ],
    ["half a character in the reason", { abortReason: "\udc69" }, /abortReason of the enrollment "one" ends or begins/],
    [
      "half a character in a trigger",
      { triggers: [{ a: ["\udc69"] }] },
      /triggers\.0\.a\.0 of the enrollment "one" ends/,
    ],
    [
      "a symbol in a trigger",
      { triggers: [Symbol("x")] },
      /triggers\.0 of the enrollment "one" cannot be passed on: it is a symb/,
    ],
    [
      "a Map in a trigger",
      { triggers: [new Map([["a", 1]])] },
      /triggers\.0 of the enrollment "one" cannot .*it is an instance of Map/,
    ],
    [
      "half a character in an instance of a class",
      { data: new Half() },
      /data\.text of the enrollment "one" ends or begins/,
    ],
    [
      "a trigger that contains itself",
      { triggers: circular },
      /triggers\.0 of the enrollment "one" cannot .*contains itself/,
    ],
    [
      "a bigint",
      { data: { seats: 3n } },
      /data\.seats of the enrollment "one" cannot be passed on: it is a bigint\. Write/,
    ],
    ["a Date", { data: { day: new Date(0) } }, /data\.day of the enrollment "one" cannot be passed on: .*toISOString/],
    [
      "the key __proto__",
      { data: JSON.parse('{"__proto__": "x"}') as object },
      /data of the enrollment "one" must not have/,
    ],
  ];
  for (const [what, args, says] of values) {
    it(`refuses ${what}, which Pulumi could not pass on, and says where`, async () => {
      const program = () => new JourneyEnrollment("one", { journeyId, email, ...args });
      await assert.rejects(registrations(program), (error: Error) => {
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("refuses half a character in its name", async () => {
    const program = () => new JourneyEnrollment("one\ud83d", { journeyId, email });
    await assert.rejects(registrations(program), /^Error: name of the enrollment/);
  });

  for (const [what, value, says] of UNSENDABLE.filter(
    ([, , , inOutput]) => String(inOutput).includes("nested") === false,
  )) {
    const data = { n: value as never };
    for (const [how, given] of [
      ["itself", data],
      ["as an output", { n: pulumi.output(1).apply(() => value) as never }],
      ["in an output that makes it", pulumi.output(1).apply(() => data)],
      ["in a promise", Promise.resolve(data)],
    ] as const) {
      it(`refuses ${what} as a value, ${how}, and says what to write`, async () => {
        const program = () => new JourneyEnrollment("one", { journeyId, email, data: given });
        await assert.rejects(registrations(program), (error: Error) => {
          assert.match(error.message, /data\.n of the enrollment "one" cannot be passed on: it is /);
          assert.match(error.message, says);
          return true;
        });
      });
    }
  }

  it("says in words that values are not nested, where TypeScript checks them", function () {
    this.timeout(60_000);
    const file = path.join(__dirname, "nested.ts");
    const problems = compileProblems(
      new Map([
        [
          file,
          `import { JourneyEnrollment, JourneyCohort } from "../../../provider/index";
           const one = { journeyId: "", email: "" };
           new JourneyEnrollment("one", { ...one, data: { who: { name: "Ada" } } });
           new JourneyCohort("two", { ...one, contacts: [{ email: "", data: { who: { name: "Ada" } } }] });`,
        ],
      ]),
    );
    const ofProgram = problems.filter((problem) => problem.startsWith(file));
    assert.equal(ofProgram.length, 2, problems.join("\n"));
    for (const problem of ofProgram)
      assert.match(problem, /Values of data are strings, numbers or booleans: a nested obj/);
  });
});
