import assert from "node:assert/strict";
import { parseReference } from "../../../../provider/settings/aws/reference";

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/mailmodo-AbCdEf";

describe("a reference to a secret of AWS", () => {
  for (const [text, wanted] of [
    ["mailmodo", { service: "secretsmanager", id: "mailmodo" }],
    ["prod/mail_modo+a=b.c@d-e", { service: "secretsmanager", id: "prod/mail_modo+a=b.c@d-e" }],
    ["prod/mailmodo#apiKey", { service: "secretsmanager", id: "prod/mailmodo", field: "apiKey" }],
    ["mailmodo#a.b c#d", { service: "secretsmanager", id: "mailmodo", field: "a.b c#d" }],
    [arn, { service: "secretsmanager", id: arn, region: "eu-west-1" }],
    [`${arn}#apiKey`, { service: "secretsmanager", id: arn, region: "eu-west-1", field: "apiKey" }],
    [
      "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:m",
      {
        service: "secretsmanager",
        id: "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:m",
        region: "us-gov-west-1",
      },
    ],
    ["ssm:/prod/mailmodo/api_key-1.2", { service: "ssm", id: "/prod/mailmodo/api_key-1.2" }],
  ] as const) {
    it(`reads ${text}`, () => assert.deepEqual(parseReference(text), { text, ...wanted }));
  }

  it("takes what it is set to without the spaces and line breaks around it", () => {
    assert.deepEqual(parseReference(" mailmodo\n"), { text: "mailmodo", service: "secretsmanager", id: "mailmodo" });
  });

  for (const [what, text, says] of [
    ["nothing but a space", " ", /is neither a secret's name/],
    ["a name with a space", "prod mailmodo", /is neither a secret's name/],
    ["a name that is too long", "m".repeat(513), /is neither a secret's name/],
    ["JSON", '{"name":"mailmodo"}', /is neither a secret's name/],
    ["two lines", "mail\nmodo", /is neither a secret's name/],
    ["a field of no secret", "#apiKey", /is neither a secret's name/],
    ["an empty field", "mailmodo#", /names no field after its #/],
    ["a blank field", "mailmodo# ", /names no field after its #/],
    ["ssm: alone", "ssm:", /has no valid path after ssm:/],
    ["a parameter without a slash", "ssm:mailmodo", /has no valid path after ssm:/],
    ["a path that ends in a slash", "ssm:/mailmodo/", /has no valid path after ssm:/],
    ["a path with an empty part", "ssm:/prod//mailmodo", /has no valid path after ssm:/],
    ["a parameter's version", "ssm:/mailmodo:3", /has no valid path after ssm:/],
    ["a parameter with a field", "ssm:/mailmodo#apiKey", /a parameter holds the key alone and has no fields/],
    ["a parameter's ARN", "arn:aws:ssm:eu-west-1:123456789012:parameter/mailmodo", /is a parameter's ARN/],
    ["an ARN of something else", "arn:aws:s3:::bucket", /is not the ARN of a secret/],
    ["an ARN without a region", "arn:aws:secretsmanager::123456789012:secret:mailmodo", /is not the ARN of a secret/],
    ["an ARN without a name", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:", /is not the ARN of a secret/],
    ["an ARN as ECS writes it", `${arn}:apiKey::`, /is not the ARN of a secret.*with #<field> after it/],
    ["an API key with a field", "TESTKEY-0000000-0000000-0000000#key", /is an API key/],
    ["an API key as a parameter", "ssm:/TESTKEY-0000000-0000000-0000000", /is an API key/],
    [
      "an API key",
      "TESTKEY-0000000-0000000-0000000",
      /is an API key, .*pulumi config set --secret mailmodo:apiKey <key>/,
    ],
  ] as const) {
    it(`refuses ${what} in one line, without repeating it`, () => {
      assert.throws(
        () => parseReference(text),
        ({ name, message, stack }: Error) => {
          assert.deepEqual([name, stack, message.includes("\n")], ["SettingsError", "", false]);
          assert.match(message, says);
          assert.match(message, /^mailmodo:apiKeySecret .*pulumi config/);
          assert.ok(!message.includes("0000000") && !message.includes("123456789012"));
          return true;
        },
      );
    });
  }
});
