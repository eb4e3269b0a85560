import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { curlOf, shellQuoted } from "../../../sandbox/page/model/curl";

const ORIGIN = "http://127.0.0.1:8025";
const HOSTILE = [
  `'; touch /tmp/owned; '`,
  "$(id)`id`",
  `\\" \\' "`,
  "{a,b}[1-3]",
  "@/etc/passwd",
  "-o /tmp/owned",
  "a\nb\r\nc\td",
  "!history ~ * ? & | > #",
  "ä ☃ 😀 \u202e\u2066",
];

/** What a shell makes of a command: its words. */
function wordsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; ${command}`;
  const out = execFileSync("sh", ["-c", script], { env: { MAILMODO_API_KEY: "the key" }, encoding: "utf8" });
  return out.split("\0").slice(0, -1);
}

describe("A request as a curl command", () => {
  it("has the method, the key's variable, the body and the address", () => {
    assert.deepEqual(
      wordsOf(curlOf({ method: "POST", path: "/hooks/start/1", body: { email: "qa@example.com" } }, ORIGIN, null)),
      [
        "--globoff",
        "--path-as-is",
        "--request",
        "POST",
        "--header",
        "mmApiKey: the key",
        "--header",
        "Content-Type: application/json",
        "--data-raw",
        '{"email":"qa@example.com"}',
        `${ORIGIN}/hooks/start/1`,
      ],
    );
  });

  it("has the key itself where it is the invented one", () => {
    const command = curlOf({ method: "GET", path: "/", body: undefined }, ORIGIN, "TESTKEY-0");
    assert.ok(wordsOf(command).includes("mmApiKey: TESTKEY-0"));
  });

  it("has no body and no type of one where there was none", () => {
    const command = curlOf({ method: "GET", path: "/", body: undefined }, ORIGIN, null);
    assert.doesNotMatch(command, /data|Content-Type/);
  });

  for (const text of HOSTILE) {
    it(`gives the shell ${JSON.stringify(text)} in the body as one word that means the same`, () => {
      const words = wordsOf(curlOf({ method: "POST", path: "/", body: { text } }, ORIGIN, null));
      assert.deepEqual(JSON.parse(words[words.indexOf("--data-raw") + 1]!), { text });
      assert.equal(words.length, 11);
    });

    it(`keeps ${JSON.stringify(text)} in the path to one word at the sandbox's own host`, () => {
      const words = wordsOf(curlOf({ method: "GET", path: text, body: undefined }, ORIGIN, null));
      const { origin } = new URL(words.at(-1)!);
      assert.deepEqual([words.length, origin], [7, ORIGIN]);
    });

    it(`gives the shell ${JSON.stringify(text)} as one word`, () => {
      assert.equal(execFileSync("sh", ["-c", `printf %s ${shellQuoted(text)}`], { encoding: "utf8" }), text);
    });
  }

  for (const path of [
    "@evil.example.com/",
    ".evil.example.com/",
    ":80@evil.example.com/",
    "http://evil.example.com/",
  ]) {
    it(`does not go to another host for the path ${path}`, () => {
      const words = wordsOf(curlOf({ method: "GET", path, body: undefined }, ORIGIN, null));
      assert.equal(new URL(words.at(-1)!).origin, ORIGIN);
    });
  }

  it("is ASCII, so that nothing in it hides", () => {
    const command = curlOf({ method: "POST", path: "/\u202e", body: { "\u202e": "😀" } }, ORIGIN, null);
    assert.match(command, /^[\x20-\x7e\n]*$/);
  });
});
