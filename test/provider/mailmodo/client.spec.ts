import assert from "node:assert/strict";
import { abortJourney, startJourney } from "../../../provider/mailmodo/client";
import { withEnvironment } from "../../support/environment";
import { journeyId } from "../../support/journeyId";
import { json, serve, serveTls } from "../../support/server";
import { abortion, apiKey, ok, ref, request, useVendor } from "../../support/vendor";

describe("the client: what leaves for Mailmodo", () => {
  const vendor = useVendor();

  it("sends nothing while there is a reason to hold it back", async () => {
    const connection = await vendor.answering((response) => json(response, 200, ok));
    const reasonToHold = async () => "it is Sunday";
    await assert.rejects(startJourney({ ...connection, reasonToHold }, request), {
      name: "HeldError",
      message: `Could not start journey ${journeyId} for j***@example.com: it is Sunday. Nothing was sent.`,
    });
    await assert.rejects(abortJourney({ ...connection, reasonToHold }, abortion), { name: "HeldError" });
    assert.equal(vendor.server.seen.length, 0);
  });

  describe("keeps what is private", () => {
    it("out of every error, also where the vendor repeats it", async () => {
      const message = `Key ${apiKey} may not mail JANE.DOE@example.com\nat all, nor jane%40example.com, <joe@example.org>`;
      const connection = await vendor.answering((response) => json(response, 400, { success: false, message }));
      await assert.rejects(vendor.settle(startJourney(connection, request)), (error: Error) => {
        const all = JSON.stringify([error.message, error.stack, String(error), error.cause, { ...error }]);
        assert.ok(
          all.includes("Key [key] may not mail j***@example.com at all, nor j***@example.com, <j***@example.org>"),
          all,
        );
        assert.ok(!all.includes(apiKey) && !/jane|joe/i.test(all), all);
        return true;
      });
    });

    it("on the base URL's host: a redirect is not followed", async () => {
      const other = await serve((response) => json(response, 200, ok));
      const connection = await vendor.answering((response) =>
        response.writeHead(307, { Location: `${other.url}/x` }).end(),
      );
      await assert.rejects(vendor.settle(startJourney(connection, request)), { name: "RefusedError" });
      assert.equal(other.seen.length, 0);
      await other.close();
    });

    it("from a server whose certificate nobody vouches for, also with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
      const connection = await vendor.answering(() => undefined);
      const impostor = await serveTls((response) => json(response, 200, ok));
      try {
        await withEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, () => {
          const call = startJourney({ ...connection, baseUrl: impostor.url }, request);
          return assert.rejects(vendor.settle(call), { name: "NotSentError" });
        });
      } finally {
        await impostor.close();
      }
      assert.equal(impostor.seen.length, 0);
    });

    it("from a proxy of the environment, on plain http", async () => {
      const proxy = await serve((response) => json(response, 200, ok));
      const connection = await vendor.answering((response) => json(response, 200, ok));
      await withEnvironment({ http_proxy: proxy.url }, async () =>
        assert.equal(await startJourney(connection, request), ref),
      );
      assert.equal(proxy.seen.length, 0);
      await proxy.close();
    });
  });
});
