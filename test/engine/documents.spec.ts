import assert from "node:assert/strict";
import type { Run } from "../../tools/workbench";
import { blockWith, createReader, type Reader } from "../support/reader";

/** Ends what a block of a page starts in the background. */
const END = "kill $!\n";

// One story: a reader copies the README's block, and then, before its destroy, those of other pages.
describe("the blocks of the documents, copied into a shell", () => {
  let reader: Reader;
  let done: Run;
  /** What the shell printed after a mark, up to the next. */
  const said = (mark: string) => done.stdout.split(`=== ${mark}\n`)[1]?.split("=== ")[0] ?? "";

  before(async () => {
    reader = await createReader();
    const block = blockWith("README.md", "_sandbox/instances");
    const destroy = "pulumi destroy --yes\n";
    const [first = "", last = ""] = block.split(destroy);
    assert.equal(last, END);
    done = await reader.run(
      "echo '=== up'",
      first,
      "echo; echo '=== moved at once'",
      MOVED,
      "! pulumi up --yes",
      "echo '=== moved'",
      blockWith("docs/resources.md", "pulumi destroy --target"),
      "curl --silent http://127.0.0.1:8025/_sandbox/instances",
      "echo; echo '=== destroy'",
      destroy,
      "curl --silent http://127.0.0.1:8025/_sandbox/instances",
      "echo; echo '=== previews'",
      blockWith("docs/previews.md", "cat > Pulumi.preview.yaml"),
      last,
    );
  });
  after(() => reader?.dispose());

  it("end with success", () => assert.equal(done.code, 0, done.output));

  it("enroll in the sandbox, and show it (README.md)", () => {
    assert.match(said("up"), /\+ 2 created/);
    assert.match(said("up"), /"email":"qa\+first-seeds\.sandbox@seeds\.example\.com".*"status":"running"/);
  });

  it("move an address that one up could not move (docs/resources.md)", () => {
    assert.match(said("moved at once"), /already running for the provided email/);
    assert.deepEqual(statuses(said("moved")), ["aborted", "running", "running"]);
  });

  it("abort everything (README.md)", () => {
    assert.deepEqual(statuses(said("destroy")), ["aborted", "aborted", "aborted"]);
  });

  it("make a preview, list it, and destroy it (docs/previews.md)", () => {
    const output = said("previews");
    assert.match(output, /Preview pr-42 is up\n/);
    assert.match(output, /Previews: 1\n/);
    assert.match(output, /Preview pr-42 is destroyed\n$/);
  });

  it("leave no sandbox", async () => assert.equal(await reader.run(`! curl --silent ${reader.url}`).then(codeOf), 0));
});

describe("the blocks of sandbox/README.md, for somebody who has nothing else", () => {
  let reader: Reader;
  let done: Run;
  before(async () => {
    reader = await createReader();
    done = await reader.run(
      "node_modules/.bin/mailmodo-sandbox --port 8025 &",
      "curl --silent --fail --retry 20 --retry-delay 1 --retry-connrefused --output page.html http://127.0.0.1:8025",
      blockWith("sandbox/README.md", "http://127.0.0.1:8025/hooks/start/"),
      "echo",
      blockWith("sandbox/README.md", "http://127.0.0.1:8025/hooks/abort/"),
      "echo; mkdir ../first-seeds && cd ../first-seeds",
      blockWith("sandbox/README.md", "cat > Pulumi.yaml"),
      "curl --silent http://127.0.0.1:8025/_sandbox/instances",
      "echo",
      END,
    );
  });
  after(() => reader?.dispose());

  it("end with success", () => assert.equal(done.code, 0, done.output));

  it("start a journey, and abort it, with curl", () => {
    assert.match(done.stdout, /^\{"success":true,"message":"journey Executed","ref":"[0-9a-f-]{36}"\}$/m);
    assert.match(done.stdout, /^\{"success":true,"message":"journey aborted"\}$/m);
  });

  it("enroll with Pulumi", () => {
    assert.match(done.stdout, /\+ 2 created/);
    assert.match(done.stdout, /"email":"qa@seeds\.example\.com"/);
    assert.match(done.stdout, /"email":"qa\+first-seeds\.sandbox@seeds\.example\.com"/);
    assert.deepEqual(statuses(done.stdout), ["aborted", "running"]);
  });
});

describe("templates/mailmodo-typescript", () => {
  let reader: Reader;
  beforeEach(async () => (reader = await createReader()));
  afterEach(() => reader.dispose());

  it("becomes a project by the commands of its README", async () => {
    const { code, output } = await reader.run(blockWith("templates/mailmodo-typescript/README.md", "--generate-only"));
    assert.equal(code, 0, output);
    assert.match(output, /\+ 2 created/);
    assert.match(output, /- 2 deleted/);
  });

  it("becomes a project with a stack for the sandbox by pulumi new alone", async () => {
    const { code, output } = await reader.run(
      "node_modules/.bin/mailmodo-sandbox --port 8025 &",
      'mkdir ../my-seeds && cd ../my-seeds && export PULUMI_BACKEND_URL="file://$PWD/../state" PULUMI_CONFIG_PASSPHRASE=my-seeds',
      "pulumi new ../pulumi-mailmodo/templates/mailmodo-typescript --yes --name my-seeds --stack sandbox",
      "pulumi config",
      "pulumi config set mailmodo:baseUrl http://127.0.0.1:8025",
      "node_modules/.bin/tsc",
      "pulumi up",
      "pulumi destroy",
    );
    assert.equal(code, 0, output);
    assert.match(output, /mailmodo:allowedRecipients +\["\*@seeds\.example\.com"\]/);
    assert.match(output, /mailmodo:apiKey +\[secret\]/);
    assert.match(output, /status +: "started"/);
    assert.match(output, /- 2 deleted/);
  });
});

/** The address of the README's enrollment, in a cohort. */
const MOVED = `cat > index.js <<'END'
const { JourneyCohort, stackAddress } = require("pulumi-mailmodo");
new JourneyCohort("smoke", {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  contacts: ["ada", "qa"].map((name) => ({ email: stackAddress(name + "@seeds.example.com") })),
  shards: 1,
});
END`;

function statuses(output: string): string[] {
  const [list = "[]"] = /^\[\{.*\}\]$/m.exec(output) ?? [];
  return (JSON.parse(list) as { status: string }[]).map(({ status }) => status).sort();
}

function codeOf({ code }: Run): number | null {
  return code;
}
