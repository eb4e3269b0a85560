import assert from "node:assert/strict";
import { Session } from "../../../provider/plugin/session";

const config: Record<string, string> = {
  "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000001",
  "mailmodo:allowedRecipients": '["*@a.example"]',
};

describe("the connection of a session", () => {
  it("objects to a start for an address outside the list, whatever the check said, and to nothing else", async () => {
    const session = new Session();
    session.config = { get: (name) => config[name] };
    const { reasonToHold } = await session.connect();
    const start = (email: string) => reasonToHold({ call: "start", journeyId: "", body: { email } });
    assert.equal(await start("qa@b.example"), "the address is outside mailmodo:allowedRecipients");
    assert.equal(await start("qa@a.example"), undefined);
    assert.equal(await reasonToHold({ call: "abort", journeyId: "", body: { email: "qa@b.example" } }), undefined);
  });

  it("has the same rate limit for all requests, until another one is set", async () => {
    const session = new Session();
    let perSecond = "7";
    session.config = { get: (name) => (name === "mailmodo:requestsPerSecond" ? perSecond : config[name]) };
    const paces = [await session.connect(), await session.connect()].map(({ pace }) => pace);
    assert.equal(paces[0], paces[1]);
    assert.equal(paces[0]!.perSecond, 7);
    perSecond = "8";
    assert.equal((await session.connect()).pace.perSecond, 8);
  });
});
