import { state } from "../live/store";
import { Snippet } from "../parts/CopyButton";

const PROGRAM = `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");

const welcome = new JourneyEnrollment("welcome", {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: stackAddress("qa@seeds.example.com"),
  data: { firstName: "Ada" },
});
exports.instance = welcome.instanceId;
`;

/** What the page says before anything was enrolled: how to make something appear. */
export function FirstVisit() {
  return (
    <div class="first">
      <h1>Nothing is enrolled yet</h1>
      <p>
        This is a stand-in for Mailmodo on your machine. It answers the calls that start and abort a journey, and sends
        no mail. What a <code>pulumi up</code> enrolls appears here, live.
      </p>
      <h2>With a stack that you have</h2>
      <p>Point it at the sandbox, then run it:</p>
      <Snippet what="the commands for a stack that you have" text={`${config()}\npulumi up`} />
      <h2>From nothing</h2>
      <p>
        You need Node.js 22 or later and the Pulumi CLI. Save this program as <code>index.js</code> in an empty folder:
      </p>
      <Snippet what="the program" text={PROGRAM} />
      <p>Then run this in the folder:</p>
      <Snippet what="the commands for a new project" text={newProject()} />
      <p>
        <code>pulumi destroy</code> aborts the journey, with a reason. Faults, other answers and the clock are under{" "}
        <a href="#/controls">Controls</a>.
      </p>
    </div>
  );
}

function config(): string {
  const key = state.value?.apiKey ?? "<the key that the sandbox was started with>";
  return [
    `pulumi config set mailmodo:baseUrl ${location.origin}`,
    `pulumi config set --secret mailmodo:apiKey ${key.startsWith("<") ? `'${key}'` : key}`,
  ].join("\n");
}

function newProject(): string {
  return [
    "printf 'name: first-seeds\\nruntime: nodejs\\n' > Pulumi.yaml",
    "npm init --yes",
    "npm install @pulumi/pulumi pulumi-mailmodo",
    'export PULUMI_BACKEND_URL="file://$PWD" PULUMI_CONFIG_PASSPHRASE=first-seeds',
    "pulumi stack init sandbox",
    config(),
    "pulumi config set mailmodo:allowedRecipients '[\"*@seeds.example.com\"]'",
    "pulumi up",
  ].join("\n");
}
