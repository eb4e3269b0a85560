import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { clientFor, listMessages } from "../../../../provider/inbox/bucket";
import { fresh, refusal } from "../../../support/awsKey";
import { useEnvironment } from "../../../support/environment";
import { json, serveTls, type TestServer } from "../../../support/server";

// Somebody between this machine and AWS, whom no authority vouches for.
describe("AWS, with NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  let impostor: TestServer;
  let folder: string;
  before(async () => {
    impostor = await serveTls((response) => json(response, 200, { SecretString: "TESTKEY-0000000-0000000-0000009" }));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "aws-tls-"));
    fs.writeFileSync(path.join(folder, "token"), "token");
  });
  after(async () => {
    await impostor.close();
    fs.rmSync(folder, { recursive: true });
  });
  useEnvironment(() => ({
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    AWS_ENDPOINT_URL: impostor.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_MAX_ATTEMPTS: "1",
  }));
  afterEach(() => assert.deepEqual(impostor.seen, []));

  for (const reference of ["name", "ssm:/name"]) {
    it(`gives no key to an impostor's trust (${reference})`, async () => {
      assert.match(await refusal(reference === "name" ? fresh() : `ssm:/${fresh()}`), /SELF_SIGNED_CERT/);
    });
  }

  it("takes no role from an impostor", async () => {
    Object.assign(process.env, {
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/qa",
      AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, "token"),
    });
    delete process.env["AWS_ACCESS_KEY_ID"];
    assert.match(await refusal(fresh()), /SELF_SIGNED_CERT/);
  });

  it("reads no mail from an impostor", async () => {
    const bucket = { client: clientFor("eu-west-1"), name: "mails", prefix: "" };
    await assert.rejects(listMessages(bucket, new Date(), new AbortController().signal), /self-signed certificate/);
  });
});
