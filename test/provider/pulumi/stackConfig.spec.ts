import assert from "node:assert/strict";
import { namesOfConfig, parseConfig } from "../../../provider/pulumi/stackConfig";

describe("parseConfig", () => {
  it("has a text for each value, and JSON for lists and objects", () => {
    const printed = {
      "seeds:text": { value: "7", secret: false },
      "seeds:list": { value: '["a"]', objectValue: ["a"], secret: false },
      "seeds:only": { objectValue: { a: 1 }, secret: true },
      "seeds:null": { value: "", secret: false },
      "seeds:none": { secret: false },
    };
    assert.deepEqual(parseConfig(JSON.stringify(printed)), {
      "seeds:text": "7",
      "seeds:list": '["a"]',
      "seeds:only": '{"a":1}',
      "seeds:null": "",
      "seeds:none": "",
    });
  });
});

describe("namesOfConfig", () => {
  const names: [what: string, config: unknown, expected: string[]][] = [
    ["a name with a namespace", { "mailmodo:apiKey": "x" }, ["mailmodo:apiKey"]],
    ["one without, which has the project's", { apiKey: "x" }, ["seeds:apiKey"]],
    ["the older spelling", { "mailmodo:config:apiKey": "x" }, ["mailmodo:apiKey"]],
    ["a secret", { "a:b": { secure: "v1:x" } }, ["a:b"]],
    ["a number, a boolean and a list", { "a:n": 0, "a:b": false, "a:l": [] }, ["a:n", "a:b", "a:l"]],
    ["no value", { "a:n": null, "a:e": "" }, []],
    ["a declaration of a project's without a value", { n: { type: "string" } }, []],
    ["one with a value", { n: { type: "string", default: "x" }, "a:v": { value: "x" } }, ["seeds:n", "a:v"]],
    ["an empty config", null, []],
    ["a missing one", undefined, []],
    ["one that is no object", "stacks", []],
  ];
  for (const [what, config, expected] of names)
    it(`finds ${what}`, () => assert.deepEqual(namesOfConfig(config, "seeds"), expected));
});
