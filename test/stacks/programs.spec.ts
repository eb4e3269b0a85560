// The engine is mocked here by the SDK's own setMocks, to see what each program registers; the demo runs one for real.
import assert from "node:assert/strict";
import * as path from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { journeyId } from "../support/journeyId";

interface Registered {
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const index = path.join(__dirname, "../../stacks/index.ts");

/** Runs stacks/index.ts as Pulumi does for a stack. */
async function runStack(stack: string, config: Record<string, string>) {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const given = inputs as Record<string, unknown>;
        if (type !== "pulumi:pulumi:Stack") registered.push({ name, inputs: given });
        return { id: `${name}-id`, state: { ...given, instanceId: `${name}-instance`, status: "started" } };
      },
      call: () => ({}),
    },
    "seeds",
    stack,
    false,
  );
  pulumi.runtime.setAllConfig(config);
  const outputs = await pulumi.runtime.runInPulumiStack(() => {
    delete require.cache[index];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- stacks/index.ts exports with `export =`, as it must
    return (require(index) as () => Promise<pulumi.Inputs>)();
  });
  await pulumi.runtime.disconnect();
  return { registered, outputs };
}

describe("stacks", () => {
  it("sandbox: enrolls two seed contacts of the stack's own, one with data", async () => {
    const { registered } = await runStack("sandbox", {});
    assert.deepEqual(
      registered.map(({ name, inputs }) => [name, inputs["email"], inputs["data"], inputs["abortReason"]]),
      [
        ["qa-welcome", "qa+seeds.sandbox@seeds.example.com", {}, "sandbox closed"],
        [
          "trial-ending",
          "trial+seeds.sandbox@seeds.example.com",
          { firstName: "Ada", seats: 3, trial: true },
          "sandbox closed",
        ],
      ],
    );
  });

  it("sandbox: takes another abort reason from its config", async () => {
    const { registered } = await runStack("sandbox", { "seeds:abortReason": "the demo is over" });
    assert.ok(registered.every(({ inputs }) => inputs["abortReason"] === "the demo is over"));
  });

  it("cohort: enrolls as many contacts as its config says, 500 without it", async () => {
    const count = async (config: Record<string, string>) =>
      (await runStack("cohort", config)).registered
        .map(
          ({ inputs }) => Object.keys(JSON.parse((inputs["contacts"] as string | undefined) ?? "{}") as object).length,
        )
        .reduce((sum, some) => sum + some, 0);
    assert.deepEqual([await count({}), await count({ "seeds:contacts": "7" })], [500, 7]);
  });

  it("dev: enrolls the mailbox of its config in the journey of its config", async () => {
    const { registered } = await runStack("dev", { "seeds:journeyId": journeyId, "seeds:mailbox": "qa@example.com" });
    assert.deepEqual(
      registered.map(({ inputs }) => [inputs["journeyId"], inputs["email"]]),
      [[journeyId, "qa+seeds.dev@example.com"]],
    );
  });

  it("dev: enrolls nobody without a mailbox", async () => {
    await assert.rejects(runStack("dev", { "seeds:journeyId": "x" }), /seeds:mailbox/);
  });

  it("leave no frame of a mistake for Node to colour", async () => {
    await assert.rejects(runStack("prod", {}), (error) => {
      assert.doesNotMatch(inspect(error, { colors: true }), /\n +at /);
      return true;
    });
  });

  for (const stack of ["prod", "constructor"]) {
    it(`${stack}: has no program, and says which there are`, async () => {
      await assert.rejects(runStack(stack, {}), {
        message: `No program for the stack "${stack}". There are: cohort, dev, foundation, preview, sandbox. Add it in stacks/index.ts.`,
      });
    });
  }
});
