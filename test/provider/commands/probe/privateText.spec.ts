import assert from "node:assert/strict";
import { PrivateText } from "../../../../provider/commands/probe/privateText";

const text = new PrivateText({
  keys: ["TESTKEY-0000000-0000000-0000001"],
  emails: ["ada+qa@seeds.example.com", "ada+qa-long@seeds.example.com"],
  journeyIds: ["6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5"],
  instanceIds: ["11111111-2222-4333-8444-555555555555"],
});

describe("a text without what was sent", () => {
  for (const [given, expected] of [
    ["ada+qa@seeds.example.com is in it", "{{email}} is in it"],
    ["ADA+QA@SEEDS.EXAMPLE.COM", "{{email}}"],
    ["?email=ada%2Bqa%40seeds.example.com&x", "?email={{email}}&x"],
    ["ada qa@seeds.example.com", "{{email}}"],
    ["ada+qa&#64;seeds.example.com", "{{email}}"],
    ["ada+qa\\u0040seeds.example.com", "{{email}}"],
    ["ada+qa(at)seeds.example.com", "{{email}}"],
    ["ada+qa at seeds.example.com", "{{email}}"],
    ["ada&#43;qa&#64;seeds.example.com", "{{email}}"],
    ["ada%252Bqa%2540seeds.example.com", "{{email}}"],
    [Buffer.from("ada+qa@seeds.example.com").toString("base64"), "{{email}}"],
    ["to Ada+QA-Long: none", "to {{email}}: none"],
    [Buffer.from("TESTKEY-0000000-0000000-0000001").toString("base64url"), "[key]"],
    ["ada@seeds.example.com", "a***@seeds.example.com"],
    ["ask help@mailmodo.example", "ask h***@mailmodo.example"],
    ["key testkey-0000000-0000000-0000001!", "key [key]!"],
    ["6F1C2D3E-4A5B-4C6D-8E7F-90A1B2C3D4E5: none", "{{journeyId}}: none"],
    ["instance 11111111-2222-4333-8444-555555555555", "instance {{instanceId}}"],
    ["nothing of it", "nothing of it"],
  ] as const) {
    it(`has a placeholder or a mask for it: ${given}`, () => assert.equal(text.of(given), expected));
  }

  it("keeps its words where the id of an instance is as short as a letter", () => {
    const short = new PrivateText({ keys: [], emails: [], journeyIds: [], instanceIds: ["e", "1", "12345678"] });
    assert.equal(
      short.of("journey 1 aborted, code 123456789, 12345678"),
      "journey 1 aborted, code 123456789, {{instanceId}}",
    );
    assert.deepEqual(short.ofJson({ success: true, message: "journey Executed", ref: "e" }), {
      success: true,
      message: "journey Executed",
      ref: "{{instanceId}}",
    });
  });

  it("is one also deep in JSON, and as the name of a field", () => {
    const email = "ada+qa@seeds.example.com";
    assert.deepEqual(text.ofJson({ [email]: [{ to: email, n: 1, ok: true, none: null }] }), {
      "{{email}}": [{ to: "{{email}}", n: 1, ok: true, none: null }],
    });
  });
});
