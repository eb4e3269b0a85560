import assert from "node:assert/strict";
import { allowedRecipients, readSettings } from "../../../provider/settings/settings";
import { previewEnvironment } from "../../../provider/text/configCommand";
import { printed } from "../../support/capturedOutput";
import { withEnvironment } from "../../support/environment";

const key = "TESTKEY-0000000-0000000-0000001";
const otherKey = "TESTKEY-0000000-0000000-0000002";

function config(values: Record<string, string> = {}) {
  return { get: (name: string) => values[name] };
}

describe("readSettings", () => {
  it("defaults to the vendor's URL and 10 s", async () => {
    const { apiKey, baseUrl, requestTimeoutMs, alreadyOver } = await readSettings(
      config({ "mailmodo:apiKey": key }),
      {},
    );
    assert.deepEqual([apiKey, baseUrl, requestTimeoutMs, alreadyOver], [key, "https://api.mailmodo.com", 10_000, []]);
  });

  it("takes the key from the environment before the config, and says so once in a process", async () => {
    const values = { "mailmodo:apiKey": key, "mailmodo:apiKeySecret": "not a reference" };
    const lines = await printed(async () => {
      for (let time = 0; time < 2; time++) {
        assert.equal((await readSettings(config(values), { MAILMODO_API_KEY: otherKey })).apiKey, otherKey);
      }
    });
    assert.deepEqual(lines, [
      "The API key is set more than once (MAILMODO_API_KEY, mailmodo:apiKeySecret, mailmodo:apiKey): " +
        "MAILMODO_API_KEY is used.",
    ]);
  });

  it("takes an empty variable, and an empty reference, as none", async () => {
    const values = { "mailmodo:apiKey": key, "mailmodo:apiKeySecret": "" };
    const lines = await printed(async () => {
      assert.equal((await readSettings(config(values), { MAILMODO_API_KEY: "" })).apiKey, key);
    });
    assert.deepEqual(lines, []);
  });

  it("says how to set a missing key", async () => {
    await assert.rejects(readSettings(config(), {}), {
      name: "SettingsError",
      message:
        "Missing mailmodo:apiKey. Set it: pulumi config set --secret mailmodo:apiKey <key>, or put the key in " +
        "MAILMODO_API_KEY, or name an AWS secret that holds it in mailmodo:apiKeySecret.",
    });
  });

  it("names the variable where that is empty, and nothing else is set", async () => {
    await assert.rejects(readSettings(config(), { MAILMODO_API_KEY: "" }), {
      message:
        "Missing mailmodo:apiKey. MAILMODO_API_KEY is empty: put the key in it; in CI, check that this job gets the secret. Or " +
        "set it: pulumi config set --secret mailmodo:apiKey <key>, or name an AWS secret that holds it in mailmodo:apiKeySecret.",
    });
  });

  for (const [where, values, env, says] of [
    ["the variable", {}, { MAILMODO_API_KEY: "a b" }, /Set the variable again, to the key alone\.$/],
    [
      "the stack's config",
      { "mailmodo:apiKey": "a b" },
      {},
      /mailmodo:apiKey has .* Set it again, .*: pulumi config set /,
    ],
  ] as const) {
    it(`says to set a key with a space where it comes from: in ${where}`, async () => {
      await assert.rejects(readSettings(config(values), env), (error: Error) => says.test(error.message));
    });
  }

  for (const [what, bad, problem] of [
    ["quotation marks around it", `"${key}"`, /MAILMODO_API_KEY has a quotation mark in it/],
    ["a line break at its end", `${key}\n`, /MAILMODO_API_KEY has a line break/],
    ["a line break in it", `TESTKEY\r\n${key}`, /MAILMODO_API_KEY has a line break/],
    ["a space", `Bearer ${key}`, /has a space or a character/],
    ["a letter that is not ASCII", "TЕSTKEY-0000000-0000000-0000000", /has a space or a character/],
  ] as const) {
    it(`refuses a key with ${what}, without repeating it`, async () => {
      await assert.rejects(
        readSettings(config(), { MAILMODO_API_KEY: bad }),
        (error: Error) =>
          problem.test(error.message) && !error.message.includes("0000000") && !error.message.includes("\n"),
      );
    });
  }

  for (const url of [
    "https://mailmodo.example/proxy",
    "http://127.0.0.1:8025",
    "http://localhost:1",
    "http://[::1]:8025",
    "http://127.9.9.9",
  ]) {
    it(`takes ${url} as base URL`, async () => {
      assert.equal((await readSettings(config({ "mailmodo:apiKey": key, "mailmodo:baseUrl": url }), {})).baseUrl, url);
    });
  }

  for (const [url, problem] of [
    ["api.mailmodo.com", /is not a URL/],
    ["not a url", /is not a URL/],
    ["ftp://api.mailmodo.com", /must begin with https/],
    ["http://api.mailmodo.com", /http is for a loopback address only/],
    ["http://127.0.0.1.evil.example", /http is for a loopback address only/],
    ["http://10.0.0.1:8025", /http is for a loopback address only/],
    ["https://user:pass@api.mailmodo.com", /without user/],
    ["https://api.mailmodo.com?key=1", /without user, query/],
    ["https://api.mailmodo.com#x", /without user, query or fragment/],
  ] as const) {
    it(`refuses ${url} as base URL and names the command`, async () => {
      await assert.rejects(
        readSettings(config({ "mailmodo:apiKey": key, "mailmodo:baseUrl": url }), {}),
        (error: Error) => problem.test(error.message) && error.message.includes("pulumi config set mailmodo:baseUrl"),
      );
    });
  }

  for (const typed of [
    "https://mailmodo.example ",
    "https://mailmodo.example/?",
    "https://mailmodo.example#",
    "HTTPS://Mailmodo.example//",
  ]) {
    it(`takes ${JSON.stringify(typed)} as what it means`, async () => {
      const { baseUrl } = await readSettings(config({ "mailmodo:apiKey": key, "mailmodo:baseUrl": typed }), {});
      assert.equal(baseUrl, "https://mailmodo.example");
    });
  }

  for (const text of ["left", "{}", "[1]", '[""]', '["no"]']) {
    it(`refuses ${text} as alreadyOver`, async () => {
      await assert.rejects(
        readSettings(config({ "mailmodo:apiKey": key, "mailmodo:alreadyOver": text }), {}),
        /mailmodo:alreadyOver must be a JSON list of phrases/,
      );
    });
  }

  for (const seconds of ["0", "-1", "21", "soon", "NaN", "Infinity"]) {
    it(`refuses ${seconds} as requestTimeoutSeconds`, async () => {
      const values = { "mailmodo:apiKey": key, "mailmodo:requestTimeoutSeconds": seconds };
      await assert.rejects(
        readSettings(config(values), {}),
        /requestTimeoutSeconds must be a number above 0 and at most 20/,
      );
    });
  }

  for (const seconds of ["-1", "3601", "a minute", "NaN", "Infinity"]) {
    it(`refuses ${seconds} as lateStartSeconds`, async () => {
      const values = { "mailmodo:apiKey": key, "mailmodo:lateStartSeconds": seconds };
      await assert.rejects(
        readSettings({ get: (name) => values[name as keyof typeof values] }, {}),
        /lateStartSeconds must be a number from 0 to 3600\. Set it: pulumi config set mailmodo:lateStartSeconds 60\./,
      );
    });
  }

  for (const minutes of ["-1", "1441", "an hour", "NaN", "Infinity"]) {
    it(`refuses ${minutes} as slowDownTimeoutMinutes`, async () => {
      const values = { "mailmodo:apiKey": key, "mailmodo:slowDownTimeoutMinutes": minutes };
      await assert.rejects(
        readSettings(config(values), {}),
        /slowDownTimeoutMinutes must be a number from 0 to 1440\. Set it: pulumi config set mailmodo:slowDownTimeoutMinutes 15\./,
      );
    });
  }

  for (const [minutes, ms] of [
    ["0", 0],
    ["2.5", 150_000],
    ["", undefined],
  ] as const) {
    it(`takes ${JSON.stringify(minutes)} as slowDownTimeoutMinutes`, async () => {
      const values = { "mailmodo:apiKey": key, "mailmodo:slowDownTimeoutMinutes": minutes };
      assert.equal((await readSettings(config(values), {})).slowDownTimeoutMs, ms);
    });
  }

  const lateStarts: [what: string, seconds: string | undefined, ms: number | undefined][] = [
    ["no wait for a late start", "0", 0],
    ["the seconds of a late start", "90", 90_000],
    ["nothing by default, which leaves a late start to the client", undefined, undefined],
  ];
  for (const [what, seconds, ms] of lateStarts) {
    it(`takes ${what}`, async () => {
      const values = { "mailmodo:apiKey": key, "mailmodo:lateStartSeconds": seconds };
      const { lateEffectMs } = await readSettings({ get: (name) => values[name as keyof typeof values] }, {});
      assert.equal(lateEffectMs, ms);
    });
  }

  it("takes a fraction as requestTimeoutSeconds", async () => {
    const values = { "mailmodo:apiKey": key, "mailmodo:requestTimeoutSeconds": "0.5" };
    assert.equal((await readSettings(config(values), {})).requestTimeoutMs, 500);
  });
});

describe("in a preview, a message", () => {
  const env = previewEnvironment("pr-1", "Pulumi.preview.yaml");
  const base = { "mailmodo:apiKey": key };
  const settings: [name: string, value: string][] = [
    ["mailmodo:baseUrl", "x"],
    ["mailmodo:requestTimeoutSeconds", "x"],
    ["mailmodo:requestsPerSecond", "x"],
    ["mailmodo:lateStartSeconds", "x"],
    ["mailmodo:alreadyOver", "x"],
  ];
  for (const [name, value] of settings) {
    it(`names the preview's stack and settings, not the selected stack (${name})`, async () => {
      await assert.rejects(readSettings(config({ ...base, [name]: value }), env), (error: Error) =>
        error.message.includes(`pulumi config set --stack pr-1 --config-file Pulumi.preview.yaml ${name}`),
      );
    });
  }

  it("names them for the recipients, too", async () => {
    for (const values of [{}, { "mailmodo:allowedRecipients": "x" }])
      await withEnvironment(env, async () =>
        assert.throws(
          () => allowedRecipients(config(values)),
          /config set --stack pr-1 --config-file \S+ mailmodo:allowed/,
        ),
      );
  });

  it("sets no key in the config", async () => {
    const says = (values: Record<string, string>, more: NodeJS.ProcessEnv, words: RegExp) =>
      assert.rejects(readSettings(config(values), { ...env, ...more }), (error: Error) => {
        assert.match(error.message, words);
        return !error.message.includes("config set");
      });
    await says({}, {}, /^Missing mailmodo:apiKey\. Put the key in MAILMODO_API_KEY, or name /);
    await says(
      {},
      { MAILMODO_API_KEY: "" },
      /^Missing mailmodo:apiKey\. MAILMODO_API_KEY is empty: put the key in it;/,
    );
    await says({ "mailmodo:apiKey": "a b" }, {}, /Set it again, the key alone: put it in MAILMODO_API_KEY\.$/);
  });
});

describe("allowedRecipients", () => {
  const command = `pulumi config set mailmodo:allowedRecipients '["*@seeds.example.com"]'`;

  for (const text of [undefined, "", " "]) {
    it(`refuses ${JSON.stringify(text)} as missing, says why it is needed, and names the command`, () => {
      const values: Record<string, string> = text === undefined ? {} : { "mailmodo:allowedRecipients": text };
      assert.throws(
        () => allowedRecipients(config(values)),
        (error: Error) => /^Missing .*real mail/.test(error.message) && error.message.includes(command),
      );
    });
  }

  it("names the command where the list is malformed", () => {
    assert.throws(
      () => allowedRecipients(config({ "mailmodo:allowedRecipients": "*@seeds.example.com" })),
      (error: Error) => error.message === `mailmodo:allowedRecipients is not JSON. Set it: ${command}.`,
    );
  });
});
