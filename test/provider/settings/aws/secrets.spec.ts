import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { parseReference } from "../../../../provider/settings/aws/reference";
import { readFormerAwsKey } from "../../../../provider/settings/aws/secrets";
import { fresh, keyOf, refusal } from "../../../support/awsKey";
import { setAll, useEnvironment } from "../../../support/environment";
import { printed } from "../../../support/capturedOutput";
import { useMoto } from "../../../support/moto";

const key = "TESTKEY-0000000-0000000-0000001";
const newKey = "TESTKEY-0000000-0000000-0000002";

describe("the key from AWS", () => {
  const moto = useMoto();
  useEnvironment(() => moto().env);
  // The SDK's clients read the environment when they are made.
  const secrets = (region = "us-east-1") => new SecretsManagerClient({ region });

  async function create(value: string | Uint8Array, region?: string): Promise<{ name: string; arn: string }> {
    const name = fresh();
    const content = typeof value === "string" ? { SecretString: value } : { SecretBinary: value };
    const { ARN: arn = "" } = await secrets(region).send(new CreateSecretCommand({ Name: name, ...content }));
    return { name, arn };
  }

  async function createParameter(value: string, type: "SecureString" | "String" = "SecureString"): Promise<string> {
    const name = `/${fresh()}`;
    await new SSMClient({}).send(new PutParameterCommand({ Name: name, Value: value, Type: type }));
    return name;
  }

  it("is a secret, by its name", async () => assert.equal(await keyOf((await create(key)).name), key));

  it("is a secret, by its ARN, whose region counts and not the environment's", async () => {
    const { arn } = await create(key, "eu-west-1");
    assert.match(arn, /:eu-west-1:/);
    assert.equal(await keyOf(arn), key);
  });

  it("is a field of a JSON secret", async () => {
    const { name, arn } = await create(JSON.stringify({ user: "qa", "api.key": key }));
    assert.equal(await keyOf(`${name}#api.key`), key);
    assert.equal(await keyOf(`${arn}#api.key`), key);
  });

  it("is a SecureString", async () => assert.equal(await keyOf(`ssm:${await createParameter(key)}`), key));

  it("is without the line break that echo adds", async () => {
    assert.equal(await keyOf((await create(`${key}\n`)).name), key);
    assert.equal(await keyOf(`${(await create(JSON.stringify({ key: ` ${key}\r\n` }))).name}#key`), key);
  });

  it("goes before the config's, and says so", async () => {
    const { name } = await create(key);
    const lines = await printed(async () => assert.equal(await keyOf(name, { "mailmodo:apiKey": newKey }), key));
    assert.deepEqual(lines, [
      "The API key is set more than once (mailmodo:apiKeySecret, mailmodo:apiKey): mailmodo:apiKeySecret is used.",
    ]);
  });

  it("is read once in a process", async () => {
    const { name } = await create(key);
    assert.equal(await keyOf(name), key);
    await secrets().send(new PutSecretValueCommand({ SecretId: name, SecretString: newKey }));
    assert.equal(await keyOf(name), key);
    assert.equal(await keyOf(` ${name}`), key);
  });

  it("has one before it, once it was rotated", async () => {
    const { name } = await create(JSON.stringify({ key }));
    const parameter = await createParameter(key);
    const former = () =>
      Promise.all([`${name}#key`, `ssm:${parameter}`].map((text) => readFormerAwsKey(parseReference(text))));
    assert.deepEqual(await former(), [undefined, undefined]);
    await secrets().send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify({ key: newKey }) }));
    await new SSMClient({}).send(
      new PutParameterCommand({ Name: parameter, Value: newKey, Type: "SecureString", Overwrite: true }),
    );
    assert.deepEqual(await former(), [key, key]);
  });

  const table: [what: string, reference: () => Promise<string>, says: RegExp][] = [
    [
      "a secret that is not there",
      async () => fresh(),
      /ResourceNotFound.*There is no such secret in us-east-1: check the name/,
    ],
    [
      "a secret of another region",
      async () => (await create(key, "eu-west-1")).name,
      /AWS Secrets Manager in us-east-1.*check the name, the account, and the region \(AWS_REGION\)/,
    ],
    [
      "an ARN of a secret that is not there",
      async () => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${fresh()}`,
      /in eu-west-1.*check the ARN\.$/,
    ],
    [
      "a parameter that is not there",
      async () => `ssm:/${fresh()}`,
      /AWS Parameter Store in us-east-1.*ParameterNotFound.*no such parameter/,
    ],
    [
      "a deleted secret",
      async () => {
        const { name } = await create(key);
        await secrets().send(new DeleteSecretCommand({ SecretId: name }));
        return name;
      },
      /InvalidRequestException.*restore it: aws secretsmanager restore-secret --secret-id prod\/mailmodo-\S+ --region us-east-1/,
    ],
    [
      "a binary value",
      async () => (await create(Buffer.from(key))).name,
      /it has a binary value\. Store the key as text/,
    ],
    ["an empty secret", async () => (await create(" \n")).name, /it is empty/],
    [
      "a JSON secret without a field",
      async () => (await create(`{"key":"${key}"}`)).name,
      /it is JSON\. Name the field.*#<field>\.$/,
    ],
    ["a list", async () => (await create(`["${key}"]`)).name, /it is JSON/],
    ["a key in quotes", async () => (await create(`"${key}"`)).name, /it is in quotes/],
    [
      "a field of a secret that is no JSON",
      async () => `${(await create(key)).name}#key`,
      /it is not a JSON object.*without #key/,
    ],
    ["a field of a list", async () => `${(await create(`["${key}"]`)).name}#0`, /it is not a JSON object/],
    [
      "a field that is not there",
      async () => `${(await create(`{"key":"${key}"}`)).name}#KEY`,
      /it has no field of this name.*case-sensitive/,
    ],
    [
      "a field that every object has",
      async () => `${(await create("{}")).name}#constructor`,
      /it has no field of this name/,
    ],
    [
      "a field below another",
      async () => `${(await create(`{"a":{"key":"${key}"}}`)).name}#a.key`,
      /only top-level fields/,
    ],
    [
      "a field that is an object",
      async () => `${(await create(`{"a":{"key":"${key}"}}`)).name}#a`,
      /it is not a string/,
    ],
    ["a field that is a number", async () => `${(await create(`{"key":7}`)).name}#key`, /it is not a string/],
    ["an empty field", async () => `${(await create(`{"key":""}`)).name}#key`, /it is empty/],
    [
      "a key with a line break in it",
      async () => (await create(`${key}\n${key}`)).name,
      /has a line break in it\. Store it again/,
    ],
    [
      "a key with a space in it",
      async () => (await create(`key ${key}`)).name,
      /The API key in mailmodo:apiKeySecret prod\S+ has a space/,
    ],
    [
      "a parameter in clear",
      async () => `ssm:${await createParameter(key, "String")}`,
      /it is a String, which AWS stores unencrypted.*SecureString/,
    ],
    [
      "a parameter that is JSON",
      async () => `ssm:${await createParameter(`{"key":"${key}"}`)}`,
      /it is JSON\. Store the key alone/,
    ],
  ];
  for (const [what, reference, says] of table) {
    it(`refuses ${what} in one line, without the secret`, async () => {
      const name = await reference();
      const said = await refusal(name);
      assert.match(said, says);
      assert.ok(said.includes(name), said);
    });
  }

  it("says how to name a region where there is none", async () => {
    setAll({ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
    assert.match(
      await refusal(fresh()),
      /\(AWS Secrets Manager\): "Region is missing"\. Set the region: AWS_REGION in the environment.*or name the secret by its ARN/,
    );
    assert.match(await refusal(`ssm:/${fresh()}`), /"Region is missing"\. Set the region: AWS_REGION.*AWS profile\.$/);
  });

  it("says how to give credentials where there are none", async () => {
    setAll({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    assert.match(await refusal(fresh()), /"Could not load credentials from any providers".*Provide AWS credentials/);
  });

  it("is all that the SDK is loaded for", () => {
    const provider = (name: string) => JSON.stringify(path.join(__dirname, "../../../../provider", name));
    const code = `
      for (const name of [${["index", "plugin/enrollmentLifecycle", "plugin/cohortLifecycle", "commands/recover/recover"].map(provider).join()}]) require(name);
      const { readSettings } = require(${provider("settings/settings")});
      const isAws = (file) => /node_modules[\\\\/]@(aws-sdk|smithy)[\\\\/]/.test(file);
      async function loadedFor(setting) {
        await readSettings({ get: (name) => (name === setting ? "mailmodo" : undefined) }, {}).catch(() => undefined);
        return Object.keys(require.cache).filter(isAws).length;
      }
      loadedFor("mailmodo:apiKey").then(async (none) => console.log(none, await loadedFor("mailmodo:apiKeySecret")));`;
    const said = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", code], {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    });
    const [before, after] = said.split(" ").map(Number);
    assert.equal(before, 0);
    assert.ok(after! > 0);
  });
});
