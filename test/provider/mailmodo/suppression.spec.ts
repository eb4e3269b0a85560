import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Deadline } from "../../../provider/mailmodo/deadline";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { suppressionOf } from "../../../provider/mailmodo/suppression";

const email = "ada@seeds.example.com";
const connection = {
  baseUrl: "http://127.0.0.1:8025",
  apiKey: SANDBOX_KEY,
  requestTimeoutMs: 1_000,
  deadline: new Deadline(),
  pace: new RateLimit(1),
  reasonToHold: async () => undefined,
};
const active = { blocked: false, blockedReason: undefined, unsubscribed: false, unsubscribeReason: undefined };

describe("suppressionOf", () => {
  const suppression = (contact: Partial<Parameters<typeof suppressionOf>[0]>) =>
    suppressionOf({ ...active, ...contact }, connection, email);

  it("is undefined for a contact that gets mail", () => assert.equal(suppression({}), undefined));

  it("names the reason of an unsubscribed contact, and the command that resubscribes it", () => {
    assert.deepEqual(suppression({ unsubscribed: true, unsubscribeReason: "Clicked the link in a mail" }), {
      state: 'is unsubscribed ("Clicked the link in a mail")',
      advice:
        'Resubscribe it: curl -X POST http://127.0.0.1:8025/api/v1/contacts/resubscribe -H "mmApiKey: $MAILMODO_API_KEY" ' +
        `-H 'Content-Type: application/json' -d '{"email":"<address>"}'.`,
    });
  });

  it("says where a blocked contact is unblocked, because no call does it", () => {
    assert.deepEqual(suppression({ blocked: true }), {
      state: "is blocked",
      advice: "Unblock it in Mailmodo: Contacts in the sidebar, then the contact.",
    });
  });

  it("names both, and resubscribes first", () => {
    const both = { blocked: true, blockedReason: "Bounced", unsubscribed: true, unsubscribeReason: "Spam" };
    const { state, advice } = suppression(both)!;
    assert.equal(state, 'is blocked ("Bounced") and unsubscribed ("Spam")');
    assert.match(advice, /^Resubscribe it: curl .* If it stays blocked, unblock it in Mailmodo:/);
  });

  it("cleans and cuts the reason", () => {
    const unsubscribeReason = `by ${email}\nwith ${SANDBOX_KEY}\u001b[2J ${"x".repeat(500)}`;
    const { state } = suppression({ unsubscribed: true, unsubscribeReason })!;
    assert.match(state, /^is unsubscribed \("by a\*\*\*@seeds\.example\.com with \[key\] \[2J x+"\)$/);
    assert.ok(state.length < 330, String(state.length));
  });
});
