const all = require("../.mocharc.json");

// A quarter of what `npm test` tries: this lane is for the minute between two edits.
process.env.SEQUENCES ??= "50";

/** The specs that need neither the engine nor moto, nor anything that has to be built first. */
module.exports = {
  ...all,
  spec: ["test/*.spec.ts", "test/{docs,provider,sandbox,stacks,tools}/**/*.spec.ts"],
  ignore: [
    // They run actionlint.
    "test/workflows.spec.ts",
    "test/tools/actionlint.spec.ts",
    // It runs the engine.
    "test/tools/demo.spec.ts",
    // They run moto.
    "test/provider/settings/aws/secrets.spec.ts",
    "test/provider/inbox/failures.spec.ts",
    "test/provider/inbox/seedInbox.spec.ts",
    "test/sandbox/delivery.spec.ts",
    // It runs schemathesis.
    "test/sandbox/server/openapi.spec.ts",
  ],
  timeout: 15_000,
  parallel: true,
  jobs: 3,
};
