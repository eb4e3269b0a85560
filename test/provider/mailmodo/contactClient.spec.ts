import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { addContact, archiveContact, findContact, removeFromList } from "../../../provider/mailmodo/contactClient";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import type { Connection } from "../../../provider/mailmodo/transport";
import { json, type Answer } from "../../support/server";
import { apiKey, no, useVendor } from "../../support/vendor";

const email = "jane.doe+seeds.dev@example.com";
const contactIdentifier = "c6230a00-ad73-4f55-8184-fa8ef9589168";
const details = { contactIdentifier, email, data: { first_name: "Ada" }, blocked: false, unsubscribed: false };
const done = { success: true, message: "done" };
const PAGE = "<html><head><title>Attention Required!</title></head></html>";

const CALLS: readonly [what: string, call: (to: Connection) => Promise<unknown>, yes: object][] = [
  ["look up", (to) => findContact(to, email), details],
  ["add", (to) => addContact(to, { email, list: "Seeds", data: { first_name: "Ada" } }), done],
  ["change the lists of", (to) => removeFromList(to, { email, list: "Seeds" }), done],
  ["archive", (to) => archiveContact(to, email), done],
];

describe("the client's calls about a contact", () => {
  const vendor = useVendor();

  describe("on the wire", () => {
    const sent = async ([, call, yes]: (typeof CALLS)[number]) => {
      await call(await vendor.answering((response) => json(response, 200, yes)));
      const [{ method, url, headers, body } = assert.fail()] = vendor.server.seen;
      assert.equal(headers["mmapikey"], apiKey);
      assert.equal(headers["content-type"], body === "" ? undefined : "application/json");
      return [method, url, body === "" ? undefined : (JSON.parse(body) as unknown)];
    };

    it("looks up by the address in the query, with its plus sign encoded", async () => {
      const url = "/api/v1/getContactDetails?email=jane.doe%2Bseeds.dev%40example.com";
      assert.deepEqual(await sent(CALLS[0]!), ["GET", url, undefined]);
    });

    it("adds to a list, with the values", async () => {
      const body = { email, data: { first_name: "Ada" }, listName: "Seeds" };
      assert.deepEqual(await sent(CALLS[1]!), ["POST", "/api/v1/addToList", body]);
    });

    it("removes from a list", async () => {
      assert.deepEqual(await sent(CALLS[2]!), ["POST", "/api/v1/removeFromList", { email, listName: "Seeds" }]);
    });

    it("archives", async () => {
      assert.deepEqual(await sent(CALLS[3]!), ["DELETE", "/api/v1/contacts", { email }]);
    });
  });

  for (const [what, call, yes] of CALLS)
    describe(`${what} the contact`, () => {
      for (const [why, fail] of [
        ["a reset", (response) => response.destroy()],
        ["a 500", (response) => json(response, 500, no)],
        ["a 502 with HTML", (response) => response.writeHead(502).end(PAGE)],
        ["a 429", (response) => json(response, 429, no)],
        ["a 503", (response) => json(response, 503, no)],
        ["a gateway's 503", (response) => response.writeHead(503).end(PAGE)],
        ["a 200 that is no JSON", (response) => response.end("OK")],
        ["a 200 with a page", (response) => response.end(PAGE)],
      ] as [string, Answer][]) {
        it(`is repeated after ${why}`, async () => {
          const connection = await vendor.answering((response, nth, raw) =>
            nth < 3 ? fail(response, nth, raw) : json(response, 200, yes),
          );
          await vendor.settle(call(connection));
          assert.equal(vendor.server.seen.length, 3);
        });
      }

      for (const [why, answer, name, message] of [
        [
          "a refusal",
          (response) => json(response, 400, no),
          "RefusedError",
          'Mailmodo refused it (400): "No such luck".',
        ],
        ["a 200 with success:false", (response) => json(response, 200, no), "RefusedError", '(200): "No such luck".'],
        [
          "a route that is not there",
          (response) => json(response, 404, { error: "error", message: "Some Internal Error Occurred: 404" }),
          "RefusedError",
          '"Some Internal Error Occurred: 404".',
        ],
        [
          "a firewall's page",
          (response) => response.writeHead(403).end(PAGE),
          "RefusedError",
          "a web page answered (403)",
        ],
        [
          "a redirect",
          (response) => response.writeHead(301, { Location: "/" }).end(),
          "RefusedError",
          "was a redirect",
        ],
        ["a wrong key", (response) => json(response, 401, no), "KeyRefusedError", "Mailmodo refused the API key (401)"],
        [
          "a wrong key in words",
          (response) => json(response, 200, { success: false, message: "Invalid API key" }),
          "KeyRefusedError",
          "Mailmodo refused the API key (200)",
        ],
      ] as [string, Answer, string, string][]) {
        it(`fails once and for all with ${why}`, async () => {
          const connection = await vendor.answering(answer);
          await assert.rejects(vendor.settle(call(connection)), (error: Error) => {
            assert.equal(error.name, name);
            assert.ok(error.message.startsWith(`Could not ${what} the contact j***@example.com: `), error.message);
            assert.ok(error.message.includes(message), error.message);
            return true;
          });
          assert.equal(vendor.server.seen.length, 1);
        });
      }

      it("is given up within a minute", async () => {
        const connection = await vendor.answering((response) => response.destroy());
        const name = what === "look up" ? "NoAnswerError" : "UnconfirmedError";
        const mayHaveTakenEffect = what !== "look up";
        await assert.rejects(vendor.settle(call(connection)), { name, mayHaveTakenEffect });
        assert.ok(vendor.server.seen.length > 1);
        assert.ok(vendor.elapsed() <= 60_000);
      });

      it("is given up after answers that do not come", async () => {
        const connection = await vendor.answering(() => undefined);
        const name = what === "look up" ? "NoAnswerError" : "UnconfirmedError";
        const hung = () => vendor.server.seen.length;
        const message = /no answer within 20 s/;
        await assert.rejects(vendor.clock.settle(call(connection), hung), { name, message });
      });

      it("waits where Mailmodo asks to slow down, and says so in the end", async () => {
        const connection = await vendor.answering((response) => json(response, 503, no, { "Retry-After": "9" }));
        await assert.rejects(vendor.settle(call(connection)), { name: "SlowDownError" });
      });

      it("does not leave while there is a reason to hold it back", async () => {
        const connection = await vendor.answering((response) => json(response, 200, done));
        await assert.rejects(call({ ...connection, reasonToHold: async () => "it is Sunday" }), {
          name: "HeldError",
          message: `Could not ${what} the contact j***@example.com: it is Sunday. Nothing was sent.`,
        });
        assert.equal(vendor.server.seen.length, 0);
      });

      it("keeps the key and the address out of its error", async () => {
        const url = `/api/v1/getContactDetails?email=${encodeURIComponent(email)}`;
        const message = `Cannot ${url} for ${email.toUpperCase()} with the key ${apiKey}`;
        const connection = await vendor.answering((response) => json(response, 400, { success: false, message }));
        await assert.rejects(vendor.settle(call(connection)), (error: Error) => {
          const all = JSON.stringify([error.message, error.stack, String(error), error.cause, { ...error }]);
          assert.ok(!all.includes(apiKey) && !/jane/i.test(all), all);
          return true;
        });
      });
    });
});

/** The vendor's own description is data of the vendor's, kept beside the project where there is one, never in it. */
const vendorFile = path.join(__dirname, "../../../../shared/vendor/mailmodo-contact-management.openapi.json");

if (fs.existsSync(vendorFile))
  describe("the client, with the answers of the vendor's description", () => {
    const vendor = useVendor();
    const { paths } = JSON.parse(fs.readFileSync(vendorFile, "utf8")) as {
      paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
    };
    const exampleOf = (method: string, url: string, status: string) => {
      const { schema } = paths[url]![method]!.responses[status]!.content["application/json"];
      return schema["x-examples"]["example-1"];
    };
    for (const [what, method, url, call] of [
      ["add", "post", "/addToList", CALLS[1]![1]],
      ["leave", "post", "/removeFromList", CALLS[2]![1]],
      ["archive", "delete", "/contacts", CALLS[3]![1]],
    ] as const) {
      it(`takes its yes to a call to ${what}`, async () => {
        const connection = await vendor.answering((response) => json(response, 200, exampleOf(method, url, "200")));
        assert.equal(await vendor.settle(call(connection)), undefined);
        assert.equal(vendor.server.seen.length, 1);
      });
    }

    it("reads its contact", async () => {
      const example = exampleOf("get", "/getContactDetails", "200");
      const connection = await vendor.answering((response) => json(response, 200, example));
      const { contactIdentifier: contactId, data, blocked, blockedReason, unsubscribed, unsubscribeReason } = example;
      assert.deepEqual(await findContact(connection, String(example["email"])), {
        ...{ contactId, data, blocked, blockedReason, unsubscribed, unsubscribeReason },
      });
    });

    it("takes its refusal of a list that is not there as done", async () => {
      const example = exampleOf("post", "/removeFromList", "400");
      await removeFromList(await vendor.answering((response) => json(response, 400, example)), {
        email,
        list: "Seeds",
      });
    });
  });

interface Described {
  readonly content: {
    readonly "application/json": { schema: { "x-examples": { "example-1": Record<string, unknown> } } };
  };
}

describe("findContact", () => {
  const vendor = useVendor();
  const find = async (answer: Answer) => vendor.settle(findContact(await vendor.answering(answer), email));
  const blank = { blocked: false, blockedReason: undefined, unsubscribed: false, unsubscribeReason: undefined };

  it("gives what Mailmodo knows", async () => {
    assert.deepEqual(await find((response) => json(response, 200, details)), {
      ...blank,
      contactId: contactIdentifier,
      data: { first_name: "Ada" },
    });
  });

  it("gives the reasons of a suppression", async () => {
    const found = await find((response) =>
      json(response, 200, {
        ...details,
        blocked: true,
        blockedReason: "Bounced",
        unsubscribed: true,
        unsubscribeReason: "By the link in a mail",
        unsubscribedEmailTypes: ["Promotional"],
      }),
    );
    assert.deepEqual(
      [found?.blocked, found?.blockedReason, found?.unsubscribed, found?.unsubscribeReason],
      [true, "Bounced", true, "By the link in a mail"],
    );
  });

  it("masks the addresses in all words that a state will hold, and takes out the key", async () => {
    const words = `550 <${email}>: user unknown, cc bob@example.com, ${apiKey}`;
    const found = await find((response) =>
      json(response, 200, { ...details, contactIdentifier: email, blockedReason: words, unsubscribeReason: words }),
    );
    const masked = "550 <j***@example.com>: user unknown, cc b***@example.com, [key]";
    assert.deepEqual(
      [found?.contactId, found?.blockedReason, found?.unsubscribeReason],
      ["j***@example.com", masked, masked],
    );
  });

  it("takes the other name of a reason", async () => {
    const found = await find((response) =>
      json(response, 200, { ...details, unsubscribed: true, unsubscribedReason: "x" }),
    );
    assert.equal(found?.unsubscribeReason, "x");
  });

  it("takes a contact with nothing but its id", async () => {
    assert.deepEqual(await find((response) => json(response, 200, { contactIdentifier })), {
      ...blank,
      contactId: contactIdentifier,
      data: {},
    });
  });

  it("takes a contact in the envelope", async () => {
    const found = await find((response) => json(response, 200, { success: true, message: "ok", ...details }));
    assert.equal(found?.contactId, contactIdentifier);
  });

  it("takes other capitals and another form of the domain for the same mailbox", async () => {
    const found = await find((response) =>
      json(response, 200, { ...details, email: "JANE.doe+Seeds.dev@Example.com" }),
    );
    assert.equal(found?.contactId, contactIdentifier);
  });

  const said = (status: number, message: string): Answer => {
    return (response) => json(response, status, { success: false, message });
  };
  for (const [what, answer] of [
    ["a 400 in words", said(400, "Email address doesn't exist")],
    ["a 404 in words", said(404, "Contact not found")],
    ["a 200 with success:false", said(200, "Contact with this email does not exist")],
    ["a 400 as for an address that is not valid", said(400, "The provided email is not a valid email id")],
    ["a 404 in words without the envelope", (response) => json(response, 404, { error: "Contact not found" })],
    ["a 200 in words without the envelope", (response) => json(response, 200, { message: "Contact not found" })],
    ["a 200 with empty values", (response) => json(response, 200, { email: "", contactIdentifier: null, data: {} })],
    ["a 200 with no data", (response) => json(response, 200, { data: {} })],
  ] as [string, Answer][]) {
    it(`takes ${what} for an unknown contact`, async () => {
      assert.equal(await find(answer), undefined);
      assert.equal(vendor.server.seen.length, 1);
    });
  }

  for (const [what, answer, name] of [
    ["other words", said(400, "Something went wrong"), "RefusedError"],
    ["a refusal without words", said(400, ""), "RefusedError"],
    ["a 404 without a body", (response) => response.writeHead(404).end(), "RefusedError"],
    ["a gateway's 404", (response) => json(response, 404, { message: "Not Found" }), "RefusedError"],
    ["the words in a page", (response) => response.writeHead(404).end("Contact not found"), "RefusedError"],
    ["a 200 with no body", (response) => response.end(), "NoAnswerError"],
    ["a 200 with an empty text", (response) => json(response, 200, ""), "NoAnswerError"],
    ["a 200 with success and words", (response) => json(response, 200, done), "NoAnswerError"],
    [
      "a 200 with success and no data",
      (response) => json(response, 200, { success: true, data: null }),
      "NoAnswerError",
    ],
    ["a 200 with {}", (response) => json(response, 200, {}), "NoAnswerError"],
    ["a 200 with null", (response) => json(response, 200, null), "NoAnswerError"],
    ["a 200 with []", (response) => json(response, 200, []), "NoAnswerError"],
    ["a 200 with a list of data", (response) => json(response, 200, { data: [] }), "NoAnswerError"],
    ["a 200 with success alone", (response) => json(response, 200, { success: true }), "NoAnswerError"],
    ["a 200 with other values", (response) => json(response, 200, { status: "ok" }), "NoAnswerError"],
    ["a 200 with words of its own", (response) => json(response, 200, { message: "Hello" }), "NoAnswerError"],
    ["a 200 about nobody, but with values", (response) => json(response, 200, { data: { a: 1 } }), "NoAnswerError"],
    [
      "a 200 about another contact",
      (response) => json(response, 200, { ...details, email: "jane.doe@example.com" }),
      "NoAnswerError",
    ],
    [
      "a 200 about a contact of another domain",
      (response) => json(response, 200, { ...details, email: email.replace("example.com", "example.org") }),
      "NoAnswerError",
    ],
    ["a 500 in those words", said(500, "Contact not found"), "NoAnswerError"],
  ] as [string, Answer, string][]) {
    it(`does not take ${what} for one`, () => assert.rejects(find(answer), { name }));
  }
});

describe("removeFromList", () => {
  const vendor = useVendor();

  for (const [what, answer] of [
    [
      "says so in a message alone",
      (response) => json(response, 200, { message: "User has been successfully removed from list" }),
    ],
    ["says so in the envelope", (response) => json(response, 200, done)],
    ["knows no such list", (response) => json(response, 400, { message: "list does not exists" })],
    ["knows no such contact", (response) => json(response, 400, { ...no, message: "Contact not found" })],
    [
      "says that the contact is not in it",
      (response) => json(response, 400, { ...no, message: "User is not in the list" }),
    ],
  ] as [string, Answer][]) {
    it(`is done where Mailmodo ${what}`, async () => {
      await removeFromList(await vendor.answering(answer), { email, list: "Seeds" });
      assert.equal(vendor.server.seen.length, 1);
    });
  }

  it("fails where it says anything else", async () => {
    const connection = await vendor.answering((response) => json(response, 400, { message: "list is locked" }));
    await assert.rejects(removeFromList(connection, { email, list: "Seeds" }), {
      name: "RefusedError",
      message: /locked/,
    });
  });
});

describe("archiveContact", () => {
  const vendor = useVendor();
  const log = () => undefined;

  it("gives nothing back where it archived the contact", async () => {
    assert.equal(
      await archiveContact(await vendor.answering((response) => json(response, 200, done)), email),
      undefined,
    );
  });

  it("gives Mailmodo's words back where there is no such contact, with the address masked", async () => {
    const message = `Email address ${email} doesn't exist`;
    const connection = await vendor.answering((response) => json(response, 400, { message }));
    assert.equal(await archiveContact(connection, email), "Email address j***@example.com doesn't exist");
  });

  it("is done where an attempt without an answer has archived it", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? response.destroy() : json(response, 400, { ...no, message: "Email address doesn't exist" }),
    );
    assert.equal(await vendor.settle(archiveContact({ ...connection, log }, email)), "Email address doesn't exist");
  });

  it("comes back once an attempt without an answer can no longer take effect, even if that is after its deadline", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? response.destroy() : json(response, 200, done),
    );
    assert.equal(await vendor.settle(archiveContact({ ...connection, log }, email)), undefined);
    assert.deepEqual([vendor.server.seen.length, vendor.elapsed()], [2, 60_000]);
  });

  it("waits for no attempt that was refused by the limit", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? json(response, 429, no) : json(response, 200, done),
    );
    await vendor.settle(archiveContact(connection, email));
    assert.ok(vendor.elapsed() < 60_000);
  });

  it("fails where the process is to end before that, may have taken effect, and says from when on to run it again", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? response.destroy() : json(response, 200, done),
    );
    const pace = new RateLimit(1_000_000);
    const end = () => process.nextTick(() => pace.releaseAll());
    await assert.rejects(vendor.settle(archiveContact({ ...connection, pace, log: end }, email)), {
      name: "LateCallError",
      mayHaveTakenEffect: true,
      message:
        "Could not archive the contact j***@example.com: its archive, sent at 00:00:00 UTC, may still take effect. Run it again from 00:01:00 UTC on.",
    });
  });

  it("says that it may have taken effect when a lost answer is followed by a refusal", async () => {
    const connection = await vendor.answering((response, nth) =>
      nth === 1 ? response.destroy() : json(response, 400, no),
    );
    await assert.rejects(vendor.settle(archiveContact(connection, email)), {
      name: "RefusedError",
      mayHaveTakenEffect: true,
      message: /An earlier attempt may have taken effect\./,
    });
  });
});
