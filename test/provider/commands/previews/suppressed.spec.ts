import assert from "node:assert/strict";
import { SANDBOX_KEY, type Sandbox } from "mailmodo-sandbox";
import { suppressionWarnings } from "../../../../provider/commands/previews/suppressed";
import { useMovableClock } from "../../../support/movableClock";
import { useSandbox } from "../../../support/sandbox";

type Seed = Parameters<Sandbox["setContacts"]>[0][number];

describe("the warnings of a preview's contacts", () => {
  const sandbox = useSandbox();
  const requests = () => sandbox().store.requests().length;
  const addressOf = (nth: number) => `qa+${nth}@seeds.example.com`;
  const enrolled = (...emails: string[]) =>
    emails.map((email, index) => ({ email, urn: `urn:pulumi:pr-1::seeds::type::qa${index + 1}` }));
  const many = (number: number) => enrolled(...Array.from({ length: number }, (_, index) => addressOf(index)));
  const set = (seeds: readonly Seed[]) => sandbox().setContacts(seeds);
  const warnings = (
    of: ReturnType<typeof enrolled>,
    {
      config = {},
      signal = new AbortController().signal,
    }: { config?: Record<string, string>; signal?: AbortSignal } = {},
  ) => {
    const values = { "mailmodo:baseUrl": sandbox().url, "mailmodo:requestsPerSecond": "1000", ...config };
    return suppressionWarnings(of, { readConfig: async () => values, env: { MAILMODO_API_KEY: SANDBOX_KEY }, signal });
  };

  it("ask nothing where nobody is enrolled", async () => {
    const options = { readConfig: () => assert.fail("nothing is read"), env: {}, signal: new AbortController().signal };
    assert.deepEqual(await suppressionWarnings([], options), []);
  });

  it("are none where all get mail, or are not known", async () => {
    set([{ email: addressOf(0) }]);
    assert.deepEqual(await warnings(many(2)), []);
    assert.equal(requests(), 2);
  });

  it("name the masked address, its resources, the reason and what mends it", async () => {
    set([{ email: addressOf(1), unsubscribed: true, unsubscribeReason: "Clicked" }]);
    assert.deepEqual(await warnings(many(3)), [
      'Mailmodo sends nothing to q***@seeds.example.com (qa2), because it is unsubscribed ("Clicked"). Resubscribe it: curl ' +
        `-X POST ${sandbox().url}/api/v1/contacts/resubscribe -H "mmApiKey: $MAILMODO_API_KEY" -H 'Content-Type: ` +
        `application/json' -d '{"email":"<address>"}'.`,
    ]);
  });

  it("mask a resource that is named after its contact", async () => {
    const email = "jane@seeds.example.com";
    set([{ email, blocked: true }]);
    const [warning = ""] = await warnings([{ email, urn: `urn:pulumi:pr-1::seeds::type::${email}` }]);
    assert.match(
      warning,
      / nothing to j\*\*\*@seeds\.example\.com \(j\*\*\*@seeds\.example\.com\), because it is blocked/,
    );
  });

  it("look up a contact once, however many journeys it is in and however it is written", async () => {
    set([{ email: "qa@seeds.example.com", blocked: true }]);
    const [warning, ...others] = await warnings(enrolled("qa@seeds.example.com", "QA@SEEDS.example.com"));
    assert.deepEqual(others, []);
    assert.match(warning ?? "", /\(qa1, qa2\), because it is blocked\./);
    assert.equal(requests(), 1);
  });

  it("are ten at most, in the order of the state, and say how many more there are", async () => {
    set(many(25).map(({ email }) => ({ email, blocked: true })));
    const lines = await warnings(many(25));
    assert.equal(lines.length, 11);
    assert.deepEqual(
      lines.slice(0, 10).map((line) => /\((\w+)\)/.exec(line)?.[1]),
      Array.from({ length: 10 }, (_, index) => `qa${index + 1}`),
    );
    assert.equal(lines[10], "Mailmodo sends nothing to 15 more of its contacts.");
  });

  it("are of the first hundred contacts, and say how many were not looked up", async () => {
    assert.deepEqual(await warnings(many(120)), [
      "Not looked up: 20 of its 120 contacts. Each up looks up the first 100, in at most 30 s.",
    ]);
    assert.equal(requests(), 100);
  });

  it("say in one line that a look-up failed, with what is known so far", async () => {
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    const [line, ...others] = await warnings(many(30));
    assert.deepEqual(others, []);
    assert.match(
      line ?? "",
      /^Whether Mailmodo sends mail to 30 of its 30 contacts is not known\. Could not look up the contact q\*\*\*@.*: Mailmodo refused the API key/,
    );
    assert.ok(requests() <= 16, "the others are not tried");
  });

  it("say in one line that a setting is invalid", async () => {
    const lines = await warnings(many(1), { config: { "mailmodo:requestsPerSecond": "many" } });
    assert.match(lines.join("\n"), /^Whether Mailmodo .* is not known\. mailmodo:requestsPerSecond must be [^\n]*$/);
  });

  it("look nothing more up once the command was told to stop", async () => {
    const lines = await warnings(many(1), { signal: AbortSignal.abort() });
    assert.match(lines.join("\n"), /^Not looked up: 1 of its 1 contact\./);
    assert.equal(requests(), 0);
  });

  describe("where Mailmodo never answers", () => {
    const clock = useMovableClock();

    it("end after half a minute", async () => {
      sandbox().faults.add({ kind: "hang" });
      const before = clock.now();
      const config = { "mailmodo:requestTimeoutSeconds": "20" };
      const lines = await clock.settle(warnings(many(3), { config }), requests);
      assert.match(lines.join("\n"), /^Not looked up: 3 of its 3 contacts\./);
      assert.ok(clock.now() - before <= 50_000, String(clock.now() - before));
    });
  });
});
