import assert from "node:assert/strict";
import { Session } from "../../../provider/plugin/session";

const config: Record<string, string> = {
  "mailmodo:apiKey": "TESTKEY-0000000-0000000-0000001",
  "mailmodo:allowedRecipients": '["*@a.example"]',
};

describe("the connection of a session", () => {
  const reasonToHold = async (call: "start" | "abort", email: string) => {
    const session = new Session();
    session.config = { get: (name) => config[name] };
    const connection = await session.connect();
    return connection.reasonToHold({ call, method: "POST", path: "", body: { email } });
  };

  it("holds back a start for an address outside the list, whatever the check said", async () => {
    assert.equal(await reasonToHold("start", "qa@b.example"), "the address is outside mailmodo:allowedRecipients");
  });

  it("lets a start for an address in the list pass", async () => {
    assert.equal(await reasonToHold("start", "qa@a.example"), undefined);
  });

  it("lets an abort for an address outside the list pass", async () => {
    assert.equal(await reasonToHold("abort", "qa@b.example"), undefined);
  });

  const withRate = (perSecond: () => string) => {
    const session = new Session();
    session.config = { get: (name) => (name === "mailmodo:requestsPerSecond" ? perSecond() : config[name]) };
    return session;
  };

  it("has the same rate limit for all requests", async () => {
    const session = withRate(() => "7");
    assert.equal((await session.connect()).pace, (await session.connect()).pace);
  });

  it("has another rate limit once another one is set", async () => {
    let perSecond = "7";
    const session = withRate(() => perSecond);
    await session.connect();
    perSecond = "8";
    assert.equal((await session.connect()).pace.perSecond, 8);
  });
});
