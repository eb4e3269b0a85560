import assert from "node:assert/strict";
import { describeRecipients, wideDomains } from "../../../../provider/commands/doctor/recipientsInWords";

describe("recipients in words", () => {
  it("name domains, each once, and no address", () => {
    const patterns = ["*@a.example", "*@A.example", "jane@b.example", "qa+*@b.example", "qa-*@b.example"];
    assert.equal(
      describeRecipients(patterns),
      "every address at a.example, the addresses of 2 patterns at b.example, 1 named address at b.example",
    );
  });

  for (const [patterns, expected] of [
    [
      ["*@gmail.com", "*@Outlook.com", "*@example.com"],
      ["gmail.com", "outlook.com"],
    ],
    [["jane*@gmail.com"], ["gmail.com"]],
    [["jane@gmail.com"], []],
    [["jane+*@gmail.com"], []],
    [["*+seed@gmail.com"], ["gmail.com"]],
    [["*@gmail.com.example.com"], []],
  ] as const) {
    it(`find the mailboxes of strangers in ${JSON.stringify(patterns)}`, () => {
      assert.deepEqual(wideDomains(patterns), expected);
    });
  }
});
