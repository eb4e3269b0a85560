import assert from "node:assert/strict";
import {
  canBeOfProject,
  canBeSame,
  checkedStackName,
  findStack,
  fullNameOf,
  isPulumiCloud,
  parseStackName,
} from "../../../provider/pulumi/stackName";

describe("a stack's name", () => {
  for (const [name, parts] of [
    ["dev", { stack: "dev" }],
    ["acme/dev", { organization: "acme", stack: "dev" }],
    ["acme/seeds/dev", { organization: "acme", project: "seeds", stack: "dev" }],
  ] as const) {
    it(`has the parts that the CLI finds in ${name}`, () => assert.deepEqual(parseStackName(name), parts));
  }

  for (const [name, urns, fullName] of [
    ["organization/shop/dev", ["urn:pulumi:dev::seeds::pulumi:pulumi:Stack::seeds-dev"], "organization/shop/dev"],
    ["dev", ["urn:pulumi:dev::seeds::pulumi:pulumi:Stack::seeds-dev"], "organization/seeds/dev"],
    ["dev", [], undefined],
  ] as const) {
    it(`is full with the project that its state tells, if the backend does not: ${name}, ${urns.length}`, () => {
      const resources = urns.map((urn) => ({ urn, type: "pulumi:pulumi:Stack" }));
      assert.equal(fullNameOf(name, { resources }), fullName);
    });
  }

  for (const name of ["dev", "acme/dev", "acme/seeds/dev"])
    it(`is taken from a user: ${name}`, () => assert.equal(checkedStackName(name), name));

  for (const name of ["", " ", "/dev", "acme/", "acme//dev", "a/b/c/d"])
    it(`is not taken from a user: ${JSON.stringify(name)}`, () =>
      assert.throws(() => checkedStackName(name), /^Error: Not a stack name: ".*"\. Examples: dev, /));

  for (const [one, other, can] of [
    ["dev", "acme/seeds/dev", true],
    ["acme/dev", "acme/seeds/dev", true],
    ["acme/dev", "beta/dev", false],
    ["acme/shop/dev", "acme/seeds/dev", false],
    ["acme/seeds/dev", "acme/seeds/prod", false],
  ] as const) {
    it(`${can ? "can" : "cannot"} be that of one stack: ${one} and ${other}`, () => {
      assert.equal(canBeSame(parseStackName(one), parseStackName(other)), can);
    });
  }

  const ofSeeds = { project: "seeds" };
  for (const [name, listed, standard, found] of [
    // The CLI lists the default organization's without it.
    ["dev", ["acme/dev", "dev"], ofSeeds, "dev"],
    ["dev", ["acme/dev"], ofSeeds, undefined],
    ["team/dev", ["dev", "team/dev"], ofSeeds, "team/dev"],
    ["team/seeds/dev", ["dev", "team/dev"], ofSeeds, "team/dev"],
    ["me/dev", ["dev", "team/dev"], ofSeeds, "dev"],
    ["me/seeds/dev", ["dev", "team/dev"], ofSeeds, "dev"],
    ["me/dev", ["dev", "team/dev"], { ...ofSeeds, organization: "you" }, undefined],
    ["acme/seeds/dev", ["me/seeds/dev", "acme/seeds/dev"], ofSeeds, "acme/seeds/dev"],
    // Of another project.
    ["organization/shop/dev", ["dev"], ofSeeds, undefined],
    ["acme/shop/dev", ["acme/dev"], ofSeeds, undefined],
    ["acme/shop/dev", ["acme/dev", "acme/shop/dev"], ofSeeds, "acme/shop/dev"],
    // Of a backend in a folder or a bucket.
    ["organization/seeds/dev", ["dev"], { ...ofSeeds, organization: "organization" }, "dev"],
    ["organization/dev", ["dev"], { ...ofSeeds, organization: "organization" }, "dev"],
    ["dev", ["organization/seeds/dev"], { ...ofSeeds, organization: "organization" }, "organization/seeds/dev"],
    ["acme/seeds/dev", ["dev"], { ...ofSeeds, organization: "organization" }, undefined],
    ["prod", ["dev"], ofSeeds, undefined],
  ] as const) {
    const whose = "organization" in standard ? `, where ${standard.organization} is the default organization` : "";
    it(`means ${found ?? "none"} of ${listed.join(", ")}: ${name}${whose}`, () => {
      const stacks = listed.map((one) => ({ name: one }));
      assert.equal(findStack(stacks, name, standard)?.name, found);
    });
  }

  for (const [name, project, can] of [
    ["acme/seeds/dev", "seeds", true],
    ["acme/seeds/dev", "shop", false],
    ["acme/seeds/dev", undefined, true],
    ["acme/dev", "seeds", true],
    ["dev", "seeds", true],
  ] as const) {
    it(`${can ? "can" : "cannot"} be that of a stack of ${project ?? "any project"}: ${name}`, () => {
      assert.equal(canBeOfProject(name, project), can);
    });
  }

  it("has an organization of several only in Pulumi Cloud", () => {
    for (const url of ["file:///state", "s3://states?region=us-east-1", "gs://states", "azblob://states", "unknown:1"])
      assert.equal(isPulumiCloud(url), false);
    for (const url of ["https://api.pulumi.com", "https://pulumi.example.com", "http://127.0.0.1:8080"])
      assert.equal(isPulumiCloud(url), true);
  });
});
