import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { readProfileFile } from "mailmodo-sandbox";
import { useProfileFolder } from "../../support/profileFolder";

describe("a profile file that is wrong", () => {
  const write = useProfileFolder();
  const ok = { status: 400, message: "x" };
  const bad: [content: unknown, message: string][] = [
    [[], "The profile must be an object."],
    [null, "The profile must be an object."],
    ["key-401", 'The profile must be an object; it is "key-401".'],
    [
      { wrongkey: ok },
      'The profile has an unknown field "wrongkey"; there are $schema, profiles, wrongKey, duplicate, ',
    ],
    [{ profiles: "key-401" }, 'profiles must be a list of names; it is "key-401".'],
    [{ profiles: [1] }, "profiles.0 must be a name of a profile; it is 1."],
    [{ profiles: ["generous"] }, 'No profile "generous". The profiles are: default, '],
    [{ profiles: ["__proto__"] }, 'No profile "__proto__". The profiles are: default, '],
    [{ wrongKey: 401 }, "wrongKey must be an object with a status and one of message, body and text; it is 401."],
    [{ wrongKey: { message: "x" } }, "wrongKey must have status."],
    [{ wrongKey: { status: 400 } }, "wrongKey must be an object with a status and one of message, body and text."],
    [{ wrongKey: { ...ok, body: 1 } }, "wrongKey must be an object with a status and one of message, body and text."],
    [{ wrongKey: { ...ok, status: 99 } }, "wrongKey.status must be a whole number from 200 to 599; it is 99."],
    [{ wrongKey: { ...ok, status: "400" } }, 'wrongKey.status must be a whole number from 200 to 599; it is "400".'],
    [{ wrongKey: { ...ok, status: 400.5 } }, "wrongKey.status must be a whole number from 200 to 599; it is 400.5."],
    [{ wrongKey: { ...ok, message: "" } }, 'wrongKey.message must be a text that is not empty; it is "".'],
    [
      { wrongKey: { ...ok, mesage: "" } },
      'wrongKey has an unknown field "mesage"; there are status, message, body, text',
    ],
    [{ wrongKey: { ...ok, withRef: true } }, 'wrongKey has an unknown field "withRef"; there are status, '],
    [{ wrongKey: { ...ok, contentType: "html" } }, "wrongKey.contentType must be a media type, such as text/html"],
    [
      { wrongKey: { ...ok, contentType: "a/b\r\nc: d" } },
      "wrongKey.contentType must be a media type, such as text/html",
    ],
    [
      { wrongKey: { ...ok, headers: { "a b": "" } } },
      'wrongKey.headers has a field "a b", which is not the name of a header',
    ],
    [
      { wrongKey: { ...ok, headers: { a: 5 } } },
      "wrongKey.headers.a must be a text of printable ASCII characters; it is 5.",
    ],
    [
      { wrongKey: { ...ok, headers: { a: "b\nc" } } },
      "wrongKey.headers.a must be a text of printable ASCII characters",
    ],
    [{ wrongKey: { ...ok, headers: { "content-LENGTH": "5" } } }, "wrongKey.headers must not have content-LENGTH"],
    [{ limit: { perSecond: 1, status: 429, headers: { "Transfer-Encoding": "x" } } }, "limit.headers must not have Tr"],
    [{ start: { status: 400, body: ["{{instanceId}}"] } }, "start has {{instanceId}}, but there is no instance"],
    [
      { addressUnknown: { ...ok, message: "{{instanceId}}" } },
      "addressUnknown has {{instanceId}}, but there is no instance",
    ],
    [{ duplicate: "success" }, 'duplicate must be "accepted" or an object; it is "success".'],
    [{ duplicate: { ...ok, withRef: "yes" } }, 'duplicate.withRef must be true or false; it is "yes".'],
    [{ duplicate: [] }, 'duplicate must be "accepted" or an object.'],
    [{ duplicateMeans: "always" }, 'duplicateMeans must be "running" or "ever"; it is "always".'],
    [{ abortEnded: "accepted" }, 'abortEnded must be "success" or an object; it is "accepted".'],
    [{ abortByAddress: "first" }, 'abortByAddress must be "all" or "last"; it is "first".'],
    [{ journeys: ["x"] }, 'journeys.0 must be a UUID; it is "x".'],
    [{ journeys: [] }, "journeys must be a list of journeys' ids, at least one."],
    [{ started: { ...ok } }, "started.status must be a whole number from 200 to 299; it is 400."],
    [{ limit: { status: 429 } }, "limit must have perSecond."],
    [{ limit: { perSecond: 0, status: 429 } }, "limit.perSecond must be a whole number from 1; it is 0."],
    [{ limit: { perSecond: 1, status: 429, retryAfter: 5 } }, 'limit.retryAfter must be "seconds" or "date"; it is 5.'],
    [
      { limit: { perSecond: 1, status: 429, text: "", message: "x" } },
      "limit must be an object with perSecond, a status",
    ],
  ];
  for (const [content, message] of bad) {
    it(`is refused in one line: ${JSON.stringify(content)}`, () => {
      const file = write(JSON.stringify(content));
      assert.throws(
        () => readProfileFile(file),
        ({ message: said }: Error) => {
          assert.ok(said.startsWith(`${file}: ${message}`), said);
          assert.ok(!said.includes("\n") && said.endsWith("."));
          return true;
        },
      );
    });
  }

  it("is refused by the command in that line alone", () => {
    const command = path.join(__dirname, "../../../sandbox/bin/mailmodo-sandbox.js");
    const args = [command, "--port", "0", "--profile-file", write("[]")];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^[^\n]*: The profile must be an object\.\n$/);
  });

  it("is refused if it is no JSON, or not there", () => {
    const file = write("{'a'");
    assert.throws(
      () => readProfileFile(file),
      /^Error: Could not read the profile in .*profile\.json: .*JSON[^\n]*\.$/,
    );
    assert.throws(() => readProfileFile(`${file}.no`), {
      message: `Could not read the profile in ${file}.no: there is no such file.`,
    });
  });
});
