import assert from "node:assert/strict";
import { journeysOf } from "mailmodo-sandbox";
import { journeyId } from "../../support/journeyId";
import { useSandbox } from "../../support/sandbox";

/** What somebody may send to harm whoever looks at it. */
const hostile: Record<string, string> = {
  "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`",
  "an end of what surrounds it": "</title></style></textarea></script><!-- ]]> --><svg onload=alert(1)>",
  "line breaks": "a\r\nBcc: evil@evil.example\r\n\r\n<p>body</p>\n\nevent: reset\ndata: {}\n\n",
  "line separators": "a\u2028b\u2029c",
  NUL: "a\u0000b\u0007\u001b[31m",
  "text that runs backwards": "\u202etxt.exe\u202c\u2066x\u2069",
  "a lone surrogate": "a\ud800b\udfff",
  "a name of a prototype": "__proto__",
  "a template": "{{instanceId}} ${7*7} {{constructor.constructor('x')()}}",
  "100 KiB": "x".repeat(100 * 1024),
};

/** Half a UTF-16 pair cannot be sent as UTF-8; what is kept in its place is the character for "not readable". */
const readable = (text: string) => text.toWellFormed();

describe("hostile input", () => {
  const steps = [
    {
      delay: "0s",
      subject: "Hello {{name}}",
      text: "Hello {{name}}",
      html: "<p>Hello {{name}}</p><script>alert(1)</script><LINK rel=preconnect href='http://127.0.0.1:9'><linked>",
    },
  ];
  const sandbox = useSandbox({ journeys: journeysOf({ [journeyId]: { steps } }), log: () => undefined });
  const get = (at: string) => fetch(`${sandbox().url}/_sandbox/${at}`);

  async function json(at: string): Promise<unknown> {
    const answer = await get(at);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self';/);
    return answer.json();
  }

  for (const [what, text] of Object.entries(hostile)) {
    it(`is shown as data alone: ${what}`, async () => {
      const email = "qa@seeds.example.com";
      const start = await sandbox().post(`/hooks/start/${journeyId}`, { email, data: { name: text, [text]: 1 } });
      // A key that would change a prototype is refused; as a value it is only a text.
      if (text === "__proto__") {
        assert.equal(start.status, 400);
        await sandbox().post(`/hooks/start/${journeyId}`, { email, data: { name: text } });
      }
      await sandbox().moveClock({ advanceSeconds: 1 });
      const other = "22222222-2222-4333-8444-555555555555";
      await sandbox().post(`/hooks/start/${other}`, { email });
      await sandbox().post(`/hooks/abort/${other}`, { email, reason: text });

      const [instance, aborted] = (await json("instances")) as {
        instanceId: string;
        data: Record<string, unknown>;
        abortReason?: string;
      }[];
      assert.deepEqual(
        [instance?.data["name"], aborted?.abortReason].map(String).map(readable),
        [text, text].map(readable),
      );
      for (const at of ["state", "requests", "mails", `instances/${instance?.instanceId}`, "mails/1", "clock"])
        await json(at);

      const html = await get("mails/1/html");
      assert.equal(html.headers.get("content-type"), "text/html; charset=utf-8");
      assert.equal(html.headers.get("content-security-policy")?.split(";", 2).join(";"), "sandbox; default-src 'none'");
      assert.equal(html.headers.get("x-content-type-options"), "nosniff");
      const shown = await html.text();
      assert.equal(shown.match(/<(script|img|svg|p)\b/g)?.join(), "<p,<script");
      // A link would open a connection.
      assert.equal(shown.match(/<(no-)?link\w*/gi)?.join(), "<no-LINK,<linked");

      const source = await get("mails/1/source");
      assert.equal(source.headers.get("content-type"), "text/plain; charset=utf-8");
      const [head = ""] = (await source.text()).split("\r\n\r\n");
      assert.ok(!/^Bcc:/im.test(head), head);

      const { headers } = (await json("mails/1")) as { headers: { name: string; value: string }[] };
      assert.ok(headers.every(({ name }) => name.toLowerCase() !== "bcc"));
    });

    it(`is refused, or taken, as an address, in JSON: ${what}`, async () => {
      for (const email of [`${text}@seeds.example.com`, `"${text}"@seeds.example.com`, text]) {
        for (const [call, body] of [
          ["start", { email }],
          ["abort", { email }],
          ["abort", { instanceId: text }],
        ] as const) {
          const { status, body: said } = await sandbox().post(`/hooks/${call}/${journeyId}`, body);
          assert.ok(status === 200 || status === 400);
          assert.equal(typeof (said as { message: unknown }).message, "string");
        }
      }
      for (const at of ["instances", "requests", "mails", "state"]) await json(at);
    });

    it(`is one event of the stream: ${what}`, async () => {
      const stream = await get("events");
      const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      await sandbox().post(`/hooks/start/${journeyId}`, { email: "qa@seeds.example.com", data: { name: text } });
      let said = "";
      while (!/event: instances\n[^\n]*\n\n/.test(said)) said += (await reader.read()).value ?? "";
      await reader.cancel();
      for (const line of said.split("\n"))
        assert.match(line, /^(event: (state|instances|requests|mails|contacts)|data: [{[][^\n]*|)$/);
    });
  }

  it("is shown as data alone in the path", async () => {
    for (const at of [
      "/hooks/<script>alert(1)</script>",
      `/hooks/start/${encodeURIComponent("<b>\u0000")}`,
      "/%3Csvg%20onload=x%3E",
    ]) {
      const answer = await fetch(sandbox().url + at, { method: "POST" });
      assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
      await answer.json();
    }
    await json("requests");
  });
});
