/** The programs of the blank projects, as files. Each enrolls one address. */

const ENROLLMENT = `new JourneyEnrollment("qa", {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: stackAddress("qa@seeds.example.com"),
  data: { firstName: "Ada", seats: 3, trial: true },
})`;

export const COMMONJS = {
  "index.js": `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");

exports.instance = ${ENROLLMENT}.instanceId;
`,
};

/** `package.json` has to say that it is one. */
export const ES_MODULE = {
  "index.js": `import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

export const instance = ${ENROLLMENT}.instanceId;
`,
};

const TYPESCRIPT = {
  "index.ts": `import * as pulumi from "@pulumi/pulumi";
import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";

const qa: JourneyEnrollment = ${ENROLLMENT};
export const instance: pulumi.Output<string> = qa.instanceId;
`,
  // A test of a user's; only compiled, because it needs a bucket.
  "inbox.ts": `import { SeedInbox, type SeedMail } from "pulumi-mailmodo/inbox";

export async function welcome(to: string, since: Date): Promise<SeedMail> {
  return new SeedInbox({ bucket: "seeds-inbox" }).waitForMail({ to, since, subject: /^Welcome/, timeoutMs: 30_000 });
}
`,
};

/** As `pulumi new typescript` makes it today. */
export const NODENEXT = {
  ...TYPESCRIPT,
  "tsconfig.json": tsconfig({ module: "nodenext", moduleResolution: "nodenext" }),
};

/** As it made it before, and as many projects still have it. */
export const NODE10 = { ...TYPESCRIPT, "tsconfig.json": tsconfig({ module: "commonjs", moduleResolution: "node" }) };

/** The rest is in each of Pulumi's templates. */
function tsconfig(modules: object): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      ...modules,
      sourceMap: true,
      experimentalDecorators: true,
      pretty: true,
      noFallthroughCasesInSwitch: true,
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts", "inbox.ts"],
  });
}

/** The two halves of a workspace. */
export const LIBRARY = `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");

exports.enroll = () => ${ENROLLMENT};
`;

export const USES_LIBRARY = `exports.instance = require("journeys").enroll().instanceId;
`;
