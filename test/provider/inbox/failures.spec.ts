import assert from "node:assert/strict";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SeedInbox } from "../../../provider/inbox/seedInbox";
import { makeBucket, s3Of, useMoto } from "../../support/moto";
import { useMovableClock } from "../../support/movableClock";
import { put, sesMail } from "../../support/seedMails";
import { serve, type TestServer } from "../../support/server";

const bucket = "seeds-inbox";
const to = "qa+pr-42@seeds.example.com";

/** What a wait fails with: one line, without the address and without a trace. */
async function failure(client: S3Client | undefined, timeoutMs = 10_000, prefix = "mail/"): Promise<string> {
  const inbox = new SeedInbox({ bucket, prefix, ...(client && { client }) });
  const error = await inbox.waitForMail({ to, since: new Date(), timeoutMs }).then(
    () => assert.fail("a mail arrived"),
    (error: Error) => error,
  );
  assert.deepEqual([error.name, error.stack], ["InboxError", ""]);
  assert.ok(!(error.cause instanceof Error));
  assert.doesNotMatch(error.message, /\n|pr-42|\bat .*:\d+/);
  return error.message;
}

describe("an inbox's errors, by a real API", () => {
  const moto = useMoto();
  const countCalls = (count: string) => fetch(`${moto().url}/moto-api/reset-auth`, { method: "POST", body: count });
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it("say that there is no such bucket", async () => {
    assert.equal(
      await failure(s3Of(moto())),
      "Could not read s3://seeds-inbox/mail/: The specified bucket does not exist (NoSuchBucket). " +
        "Check the bucket's name, and whose account the credentials are for.",
    );
  });

  it("say that there is no region", async () => {
    process.env = { ...environment, ...moto().env };
    delete process.env["AWS_REGION"];
    assert.match(await failure(undefined), /mail\/: Region is missing\. Set region, or AWS_REGION\.$/);
  });

  it("say that there are no credentials", async () => {
    process.env = { ...environment, ...moto().env, AWS_ACCESS_KEY_ID: "" };
    assert.match(await failure(undefined), /any providers \(CredentialsProviderError\)\. Check the AWS credentials/);
  });

  describe("with permissions", () => {
    before(async () => {
      await makeBucket(s3Of(moto()), bucket);
      await put(s3Of(moto()), bucket, "mail/a", sesMail({ envelope: `for ${to};` }));
    });
    afterEach(() => countCalls("1000000"));

    /** A client of a user who may do so much. */
    async function clientOf(user: string, actions: string[]): Promise<S3Client> {
      const { config } = s3Of(moto());
      const iam = new IAMClient({ endpoint: moto().url, region: "us-east-1", credentials: config.credentials });
      await iam.send(new CreateUserCommand({ UserName: user }));
      const statement = { Effect: "Allow", Action: actions, Resource: "*" };
      const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: user, PolicyDocument: document }));
      await iam.send(new AttachUserPolicyCommand({ UserName: user, PolicyArn: Policy?.Arn }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: user }));
      const credentials = {
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      };
      return new S3Client({ endpoint: moto().url, region: "us-east-1", credentials, forcePathStyle: true });
    }

    it("say that the bucket may not be listed", async () => {
      const client = await clientOf("nobody", ["s3:GetObject"]);
      await countCalls("0");
      assert.match(
        await failure(client),
        /mail\/: Access Denied \(AccessDenied\)\. Allow s3:ListBucket on the bucket and s3:GetObject on its objects\.$/,
      );
    });

    it("say that the key is none", async () => {
      await countCalls("0");
      assert.match(
        await failure(s3Of(moto())),
        /does not exist in our records \(InvalidAccessKeyId\)\. Check the AWS cred/,
      );
    });

    describe("to list alone", () => {
      const clock = useMovableClock(Date.now());
      it("name the objects that may not be read, at the end", async () => {
        const client = await clientOf("lister", ["s3:ListBucket"]);
        await countCalls("0");
        const message = failure(client, 1000);
        for (const pauseMs of [500, 250, 125, 100, 100]) await clock.outwait(pauseMs);
        assert.match(
          await message,
          /^No mail for q\*\*\*@.* in 1 s\..*: 1: one that cannot be read \(Access Denied \(AccessDenied\)\)\.$/,
        );
      });
    });
  });
});

describe("an inbox's errors, by answers that moto does not give", () => {
  // A mock: moto has no regions that a bucket is not in, and answers always.
  let server: TestServer;
  afterEach(() => server.close());
  const clientOf = (more: object = {}) =>
    new S3Client({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
      forcePathStyle: true,
      ...more,
    });
  const xml = (code: string, message: string, more = "") =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;

  const redirect = "The bucket you are attempting to access must be addressed using the specified endpoint.";
  const malformed = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'";
  const regions: [what: string, status: number, headers: Record<string, string>, body: string, message: RegExp][] = [
    [
      "a redirect that names it",
      301,
      { "x-amz-bucket-region": "eu-west-1" },
      xml("PermanentRedirect", redirect),
      /specified endpoint \(PermanentRedirect\)\. The bucket is in eu-west-1: give it as region\.$/,
    ],
    [
      "a redirect that does not name it",
      301,
      {},
      xml("PermanentRedirect", redirect),
      /The bucket is in another region: give it as region\.$/,
    ],
    [
      "a signature for another",
      400,
      {},
      xml("AuthorizationHeaderMalformed", malformed, "<Region>eu-west-1</Region>"),
      /expecting 'eu-west-1' \(AuthorizationHeaderMalformed\)\. The bucket is in eu-west-1: give/,
    ],
  ];
  for (const [what, status, headers, body, message] of regions) {
    it(`say that the region is wrong, by ${what}`, async () => {
      server = await serve((response) =>
        response.writeHead(status, { "Content-Type": "application/xml", ...headers }).end(body),
      );
      assert.match(await failure(clientOf()), message);
      assert.equal(server.seen.length, 1);
    });
  }

  it("say that credentials have expired", async () => {
    const body = xml("ExpiredToken", "The provided token has expired.");
    server = await serve((response) => response.writeHead(400, { "Content-Type": "application/xml" }).end(body));
    assert.match(
      await failure(clientOf()),
      /The provided token has expired \(ExpiredToken\)\. Check the AWS credentials/,
    );
  });

  it("say that nobody answers there", async () => {
    server = await serve(() => undefined);
    await server.close();
    assert.match(
      await failure(clientOf({ maxAttempts: 1 })),
      /connect ECONNREFUSED .*\. Check the network, the region and AWS_ENDPOINT_URL, then run it again\.$/,
    );
  });

  describe("of an S3 that hangs", () => {
    const clock = useMovableClock(Date.now());
    it("come at the wait's end", async () => {
      let asked = () => {};
      const isAsked = new Promise<void>((resolve) => (asked = resolve));
      server = await serve(() => asked());
      const message = failure(clientOf(), 30_000);
      await isAsked;
      clock.tick(30_000);
      assert.match(
        await message,
        /^No mail for q\*\*\*@.* in 30 s\. S3 did not list s3:\/\/seeds-inbox\/mail\/ in that time\. Check the network/,
      );
    });
  });
});
