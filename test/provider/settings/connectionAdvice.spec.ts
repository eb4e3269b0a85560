import assert from "node:assert/strict";
import { connectionAdvice } from "../../../provider/settings/connectionAdvice";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import { Deadline } from "../../../provider/mailmodo/deadline";
import { json, type Answer } from "../../support/server";
import { abortion, no, request, useVendor } from "../../support/vendor";

const SHARED_KEY =
  "Another run may use the same key: run it again when that is done, give each run its part of the limit in mailmodo:requestsPerSecond, or raise mailmodo:slowDownTimeoutMinutes.";

describe("the advice on a connection", () => {
  const vendor = useVendor();

  const cases: [what: string, answer: Answer, advice: string | undefined][] = [
    ["429s to the end", (response) => json(response, 429, no, { "Retry-After": "600" }), SHARED_KEY],
    ["503s to the end", (response) => json(response, 503, no), "Run it again later."],
    ["a redirect", (response) => json(response, 307, no), "Check the URL."],
    [
      "a firewall's page",
      (response) => void response.writeHead(403, { "Content-Type": "text/html" }).end("<h1>No</h1>"),
      "Check for a firewall or a proxy on the way, and the URL.",
    ],
    ["a refusal of Mailmodo's", (response) => json(response, 400, no), undefined],
  ];
  for (const [what, answer, advice] of cases) {
    for (const [verb, call] of [
      ["start", startJourney],
      ["abort", abortJourney],
    ] as const) {
      it(`is ${advice === undefined ? "none" : `"${advice.slice(0, 30)}…"`} after ${what}, at a${verb === "abort" ? "n" : ""} ${verb}`, async () => {
        const connection = { ...(await vendor.answering(answer)), deadline: new Deadline(60_000) };
        const error: unknown = await vendor
          .settle(call(connection, { ...request, ...abortion }))
          .catch((one) => one as unknown);
        assert.ok(error instanceof Error);
        assert.equal(connectionAdvice(error, "the URL"), advice);
      });
    }
  }

  it("names the setting of the URL, unless it is told what sets it", async () => {
    const connection = await vendor.answering(() => undefined);
    await vendor.server.close();
    const error: unknown = await vendor.settle(startJourney(connection, request)).catch((one) => one as unknown);
    assert.equal(connectionAdvice(error), "Check the network and mailmodo:baseUrl, then run it again.");
    assert.equal(connectionAdvice(error, "--url"), "Check the network and --url, then run it again.");
  });
});
