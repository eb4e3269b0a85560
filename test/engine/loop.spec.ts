import assert from "node:assert/strict";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import * as path from "node:path";
import { SeedInbox } from "../../provider/inbox/seedInbox";
import { toBucket } from "../../sandbox/delivery";
import { readJourneys } from "../../sandbox/journeys";
import { useMoto } from "../support/moto";
import { createProject, JOURNEY, type Project } from "../support/project";
import { makeBucket, s3Of } from "../support/seedMails";

// Where SES writes what it receives for the seeds.
const bucket = "seeds-inbox";
const prefix = "mail/";
const DAY_S = 86_400;

describe("a preview's mail, through the real engine and a real S3 API", () => {
  const moto = useMoto();
  const since = new Date();
  let project: Project;
  let close: () => Promise<void>;
  let inbox: SeedInbox;
  before(async () => {
    const client = s3Of(moto());
    await makeBucket(client, bucket);
    inbox = new SeedInbox({ bucket, prefix, client });
    ({ project, close } = await createProject(
      `
      const qa = new JourneyEnrollment("qa", {
        journeyId,
        email: stackAddress("qa+pr-42@seeds.example.com"),
        data: { firstName: "Ada", seats: 3 },
        abortReason: "preview closed",
      });
      exports.email = qa.email;
      `,
      {
        // Its journey is the project's, with three mails: at once, after a day, and two days later.
        journeys: readJourneys(path.join(__dirname, "../../sandbox/journeys.example.json")),
        deliver: toBucket(`s3://${bucket}/${prefix}`, client),
      },
    ));
  });
  after(() => close());

  const advance = async (advanceSeconds: number) => {
    const { status } = await project.sandbox.post("/_sandbox/clock", { advanceSeconds });
    assert.equal(status, 200);
  };
  const objects = async () =>
    (await s3Of(moto()).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))).KeyCount;

  it("comes after up, goes on with time, and stops with destroy", async () => {
    // One that nobody stops, to see that the third mail would have come.
    const other = "qa+pr-4@seeds.example.com";
    await project.sandbox.post(`/hooks/start/${JOURNEY}`, { email: other, data: { firstName: "Eva", seats: 1 } });

    await project.succeed("up", "--yes", "--skip-preview");
    const { email: to } = JSON.parse((await project.succeed("stack", "output", "--json")).stdout) as { email: string };
    assert.equal(to, "qa+pr-42.seeds.test@seeds.example.com");

    const welcome = await inbox.waitForMail({ to, since, timeoutMs: 30_000 });
    assert.deepEqual([welcome.subject, welcome.recipients], ["Welcome, Ada", [to]]);
    assert.match(welcome.text, /^Hello Ada, you have 3 seats:/);
    assert.deepEqual(welcome.links, [
      "https://app.example.com/start?from=mail&seats=3",
      "https://app.example.com/start?seats=3",
    ]);

    await advance(DAY_S);
    const second = await inbox.waitForMail({ to, subject: /second day/, since, timeoutMs: 30_000 });
    assert.equal(second.subject, "Your second day, Ada");
    assert.equal(await objects(), 4);

    await project.succeed("destroy", "--yes", "--skip-preview");
    await advance(30 * DAY_S);
    assert.equal(
      (await inbox.waitForMail({ to: other, subject: "Three days in", since, timeoutMs: 30_000 })).text,
      "How is it going, Eva?",
    );
    assert.equal(await objects(), 5);
    const mails = project.sandbox.store.mails().filter((mail) => mail.to === to);
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      ["Welcome, Ada", "Your second day, Ada"],
    );
    const instance = project.sandbox.store.all().find(({ email }) => email === to);
    assert.deepEqual([instance?.status, instance?.abortReason], ["aborted", "preview closed"]);
  });
});
