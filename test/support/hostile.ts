import * as http from "node:http";
import { journeysOf } from "mailmodo-sandbox";
import type { Page } from "playwright-core";
import { journeyId } from "./journeyId";
import type { RunningSandbox } from "./sandbox";

/** Markup that sets `__pwned` on the page if any of it is taken for markup. */
export const payload = (place: string) =>
  `${place}"'><img src="data:," onerror="top.__pwned='${place}'"><script>top.__pwned='${place}'</script>`;

/** The same in an address, which the vendor's form would not let in: a stand-in must expect it all the same. */
export const address = `<img/src=data:,/onerror=top.__pwned=1>+seeds.test@example.com`;
/** In a path: without a space, which would end it. */
export const path = `/hooks/<img/src="data:,"/onerror="top.__pwned=1">`;

/** Everything that a mail's HTML could try, and what it would leave behind or ask for. */
const html = `<h1>A mail</h1>
  <script>top.__pwned = "a script in a mail"; parent.__pwned = 1;</script>
  <img src="data:," onerror="top.__pwned='an image in a mail'">
  <img src="http://tracker.example.invalid/pixel.gif" alt="A pixel">
  <link rel="stylesheet" href="http://tracker.example.invalid/style.css">
  <style>@import url("http://tracker.example.invalid/import.css"); h1 { background: url("http://tracker.example.invalid/b.png") }</style>
  <iframe src="javascript:top.__pwned='a frame in a mail'"></iframe>
  <object data="http://tracker.example.invalid/object"></object>
  <meta http-equiv="refresh" content="0; url=http://tracker.example.invalid/refresh">
  <base href="http://tracker.example.invalid/" target="_top">
  <form action="http://tracker.example.invalid/form"><button>Send</button></form>
  <a href="javascript:top.__pwned='a link in a mail'" target="_top">A link</a>`;

export const journeys = journeysOf({
  [journeyId]: {
    steps: [
      { delay: "0s", subject: payload("subject"), text: payload("text"), html },
      { delay: "1d", subject: payload("later subject"), text: "Later" },
    ],
  },
});

/** Delivers nothing, and says so in words that are hostile too. */
export async function deliver(): Promise<never> {
  throw new Error(payload("problem"));
}

/** Puts a payload into each place that somebody else fills. */
export async function fill(sandbox: RunningSandbox): Promise<{ instanceId: string }> {
  const start = (email: string, data: object) => sandbox.post(`/hooks/start/${journeyId}`, { email, data });
  const { body } = await start("qa@example.com", { [payload("name")]: payload("value") });
  const instanceId = (body as { ref: string }).ref;
  await start(address, {});
  sandbox.store.instances.start(journeyId, address, {});
  await sandbox.post(`/hooks/abort/${journeyId}`, { instanceId, reason: payload("reason") });
  // By the store, because what a program sets must have an address that is one.
  sandbox.store.setContacts([
    {
      email: address,
      lists: [payload("list")],
      data: { [payload("contact name")]: payload("contact value") },
      blocked: true,
      blockedReason: payload("blocked"),
    },
  ]);
  await raw(sandbox.url, path);
  sandbox.addFault({ kind: "500", email: payload("fault") });
  return { instanceId };
}

/** Sends a path as it is. */
function raw(url: string, path: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method: "POST" }, (response) =>
      response.resume().once("end", resolve),
    );
    request.once("error", reject).end();
  });
}

/** Waits until whatever was put into the page before would have run. The answer is what did. */
export async function ran(page: Page): Promise<unknown> {
  return page.evaluate(`new Promise((resolve) => {
    const image = new Image();
    image.addEventListener("error", () => resolve(window.__pwned));
    image.src = "data:,";
  })`);
}
