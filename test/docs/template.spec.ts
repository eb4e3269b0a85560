import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import provider from "../../provider/package.json";
import sandbox from "../../sandbox/package.json";
import { parse } from "yaml";
import { SANDBOX_KEY } from "mailmodo-sandbox";

const template = path.join(__dirname, "../../templates/mailmodo-typescript");
const read = (name: string) => fs.readFileSync(path.join(template, name), "utf8");

describe("templates/mailmodo-typescript, as it is written", () => {
  it("asks for the current version of the package and of the sandbox", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      string,
      Record<string, string>
    >;
    assert.equal(dependencies?.["pulumi-mailmodo"], `^${provider.version}`);
    assert.equal(devDependencies?.["mailmodo-sandbox"], `^${sandbox.version}`);
  });

  it("makes a stack for the sandbox, so that nobody gets mail by accident", () => {
    const { template } = parse(read("Pulumi.yaml")) as { template: { config: Record<string, { default: string }> } };
    assert.equal(template.config["mailmodo:baseUrl"]?.default, "http://127.0.0.1:8025");
    assert.equal(template.config["mailmodo:apiKey"]?.default, SANDBOX_KEY);
  });
});
