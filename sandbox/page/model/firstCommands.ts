import { shellQuoted } from "./curl";

/** The sandbox that the commands of a first visit lead to. */
export interface Target {
  /** Its address, such as `http://127.0.0.1:8025`. */
  readonly origin: string;
  /** The key that it demands, or words in its place. */
  readonly key: string;
  readonly journeyId: string;
}

const ADDRESS = "qa@seeds.example.com";

/** Starts a journey at once, without a program. */
export function startCommand({ origin, key, journeyId }: Target): string {
  return [
    `curl --header ${shellQuoted(`mmApiKey: ${key}`)}`,
    "--header 'Content-Type: application/json'",
    `--data ${shellQuoted(JSON.stringify({ email: ADDRESS, data: { firstName: "Ada" } }))}`,
    shellQuoted(`${origin}/hooks/start/${journeyId}`),
  ].join(" \\\n  ");
}

/** Runs a program that is there against the sandbox, in a stack of its own. */
export function stackCommands(target: Target): string {
  return inOneRun(stackSteps(target));
}

/** Makes a project in an empty folder, and runs it. */
export function projectCommands(target: Target): string {
  const steps = [
    "printf 'name: first-seeds\\nruntime: nodejs\\n' > Pulumi.yaml",
    "npm init --yes",
    "npm install @pulumi/pulumi pulumi-mailmodo",
    'export PULUMI_BACKEND_URL="file://$PWD" PULUMI_CONFIG_PASSPHRASE=first-seeds',
    ...stackSteps(target),
  ];
  return `cat > index.js <<'END'\n${program(target)}END\n${inOneRun(steps)}`;
}

function stackSteps({ origin, key }: Target): string[] {
  return [
    "pulumi stack init sandbox",
    `pulumi config set mailmodo:baseUrl ${shellQuoted(origin)}`,
    `pulumi config set --secret mailmodo:apiKey ${shellQuoted(key)}`,
    "pulumi config set mailmodo:allowedRecipients '[\"*@seeds.example.com\"]'",
    "pulumi up --yes",
  ];
}

/** One command for the shell: of several that are pasted, one that reads its input would swallow those after it. */
function inOneRun(steps: readonly string[]): string {
  return steps.join(" &&\n");
}

function program({ journeyId }: Target): string {
  return `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");

const welcome = new JourneyEnrollment("welcome", {
  journeyId: "${journeyId}",
  email: stackAddress("${ADDRESS}"),
  data: { firstName: "Ada" },
});
exports.instance = welcome.instanceId;
`;
}
