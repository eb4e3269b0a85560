import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import FakeTimers from "@sinonjs/fake-timers";
import { fresh, keyOf, refusal } from "../../../support/awsKey";
import { setAll, useEnvironment } from "../../../support/environment";
import { json, serve, type Answer, type TestServer } from "../../../support/server";

const key = "TESTKEY-0000000-0000000-0000001";

describe("the key from AWS, where AWS will not give it", () => {
  // Not moto, which lets everybody read everything: a real server that answers in AWS's words.
  let server: TestServer;
  let answer: Answer;
  beforeEach(async () => {
    server = await serve((...args) => answer(...args));
  });
  afterEach(() => server.close());
  useEnvironment(() => ({
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  }));
  const saying =
    (name: string, message?: string, status = 400): Answer =>
    (response) =>
      json(response, status, { __type: name, ...(message === undefined ? {} : { message }) });
  const given: Answer = (response) => json(response, 200, { Name: "mailmodo", SecretString: key });

  const table: [what: string, answer: Answer, reference: string, says: RegExp][] = [
    [
      "a caller that may not read it",
      saying(
        "AccessDeniedException",
        "User: arn:aws:sts::123456789012:assumed-role/ci/jane.doe@example.com is not authorized to perform:\nsecretsmanager:GetSecretValue",
      ),
      "mailmodo",
      /j?\S*\*\*\*@example\.com is not authorized to perform: secretsmanager:GetSecretValue" \(AccessDeniedException\)\. Allow secretsmanager:GetSecretValue on the secret, and kms:Decrypt/,
    ],
    [
      "a caller that may not read the parameter",
      saying("AccessDeniedException", "no"),
      "ssm:/mailmodo",
      /Allow ssm:GetParameter on the parameter, and kms:Decrypt/,
    ],
    [
      "a secret without a value, as the foundation makes it",
      saying(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      ),
      "mailmodo",
      /staging label: AWSCURRENT" \(ResourceNotFoundException\)\. The secret has no value yet: put the key in/,
    ],
    [
      "a key of KMS that is off",
      saying("DecryptionFailure", "no"),
      "mailmodo",
      /KMS key is enabled, and allow kms:Decrypt/,
    ],
    [
      "a parameter that KMS does not open",
      saying("InvalidKeyId"),
      "ssm:/mailmodo",
      /: InvalidKeyId\. Check that the parameter's KMS key/,
    ],
    [
      "an expired session",
      saying("ExpiredTokenException", "The security token included in the request is expired"),
      "mailmodo",
      /is expired" \(ExpiredTokenException\)\. Renew the AWS credentials/,
    ],
    [
      "credentials of nobody",
      saying("UnrecognizedClientException", "The security token included in the request is invalid."),
      "mailmodo",
      /is invalid" \(UnrecognizedClientException\)\. Renew/,
    ],
    ["a wrong secret access key", saying("InvalidSignatureException", "no"), "mailmodo", /Renew the AWS credentials/],
    [
      "a request that AWS finds wrong",
      saying("InvalidParameterException", "no"),
      "mailmodo",
      /\(InvalidParameterException\)\. Fix that, or put the key in MAILMODO_API_KEY/,
    ],
    [
      "a pace that is too fast, each time",
      saying("ThrottlingException", "Rate exceeded"),
      "mailmodo",
      /"Rate exceeded" \(ThrottlingException\)\. Run it again later/,
    ],
    [
      "an answer that is no JSON",
      (response) => void response.writeHead(200).end("<html>"),
      "mailmodo",
      /^Could not read the API key from mailmodo:apiKeySecret mailmodo\S+ \(AWS Secrets Manager in eu-west-1\)/,
    ],
    [
      "a connection that breaks",
      (response) => void response.destroy(),
      "mailmodo",
      /Check the network, and that the region eu-west-1 exists/,
    ],
  ];
  for (const [what, answered, reference, says] of table) {
    it(`says in one line what is wrong with ${what}`, async () => {
      answer = answered;
      const said = await refusal(`${reference}-${randomUUID()}`);
      assert.match(said, says);
      assert.ok(!said.includes("jane.doe"));
    });
  }

  it("says what is wrong where there is no way to AWS", async () => {
    setAll({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    assert.match(await refusal(fresh()), /"connect ECONNREFUSED \S+" \(ECONNREFUSED\)\. Check the network/);
  });

  it("waits where AWS asks to slow down, and gets it", async () => {
    answer = (...args) => (args[1] === 1 ? saying("ThrottlingException", "Rate exceeded") : given)(...args);
    assert.equal(await keyOf(fresh()), key);
    assert.equal(server.seen.length, 2);
  });

  it("asks once for many enrollments that want it at the same time", async () => {
    answer = given;
    const name = fresh();
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 50 }, () => keyOf(name)))), new Set([key]));
    assert.equal(server.seen.length, 1);
    assert.deepEqual(JSON.parse(server.seen[0]!.body), { SecretId: name, VersionStage: "AWSCURRENT" });
  });

  it("lets a failure count for ten seconds, and then asks again", async () => {
    // At today's date: another one would be a skewed clock to the SDK, which then asks twice.
    const clock = FakeTimers.install({ now: Date.now(), toFake: ["Date"] });
    try {
      answer = saying("AccessDeniedException", "no");
      const name = fresh();
      for (let time = 0; time < 3; time++) await refusal(name);
      assert.equal(server.seen.length, 1);
      answer = given;
      clock.tick(10_000);
      assert.equal(await keyOf(name), key);
      assert.equal(server.seen.length, 2);
    } finally {
      clock.uninstall();
    }
  });
});
