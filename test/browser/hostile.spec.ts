import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser";
import { address, deliver, fill, journeys, path, payload, ran } from "../support/hostile";
import { useSandbox } from "../support/sandbox";

describe("What others write, on the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys, deliver, log: () => undefined }, "suite");
  let instanceId = "";
  before(async () => ({ instanceId } = await fill(sandbox())));

  const one = () => `#/enrollments/${instanceId}`;
  const main = (page: Page) => page.getByRole("main");
  const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();
  /** Each place: where it is, what is shown there as it is, and what leads to it. */
  const places: Record<string, [hash: () => string, text: string, open?: (page: Page) => Promise<void>]> = {
    "an address, in the list": [() => "#/enrollments", address],
    "a reason, in the list": [() => "#/enrollments", payload("reason")],
    "a reason, in the timeline": [one, `Aborted: ${payload("reason")}`],
    "a subject, in the timeline": [one, `Message 1 sent: ${payload("subject")}`],
    "a subject, above its message": [one, `Message 1: ${payload("subject")}`],
    "a subject, in the headers": [one, payload("subject"), tab("Headers")],
    "a message's text": [one, payload("text"), tab("Text")],
    "why a message was not delivered": [one, `Not delivered: ${payload("problem")} (Error)`],
    "a value": [one, JSON.stringify(payload("value"))],
    "the name of a value": [one, `${JSON.stringify(payload("name"))}:`],
    "the path of a request, in the log": [() => "#/requests", `POST ${path}`],
    "the path of a request, above its body": [() => "#/requests/4", `POST ${path}`],
    "the body of a request": [() => "#/requests/2", JSON.stringify(address)],
    "the body of an abort": [() => "#/requests/3", JSON.stringify(payload("reason"))],
    "a request as curl": [() => "#/requests/3", `top.__pwned='\\''reason'\\''`],
    "the address of a fault": [() => "#/controls", `only ${payload("fault")}`],
    "the search, in the address bar": [() => `#/enrollments?state=${encodeURIComponent(payload("state"))}`, payload("state")],
  };

  for (const [place, [hash, text, open]] of Object.entries(places)) {
    it(`is text: ${place}`, async () => {
      browser.expectProblems(inMail);
      const page = await browser.open(`${sandbox().url}/${hash()}`);
      await open?.(page);
      await main(page).getByText(text).first().waitFor({ state: "attached" });
      assert.equal(await ran(page), undefined);
      // A policy would have kept it from running; it must not have come so far.
      assert.equal(await page.locator("main").locator("img, script, [onerror]").count(), 0);
    });
  }

  it("is text in the title of the tab", async () => {
    const id = sandbox().instances().at(-1)!.instanceId;
    const page = await browser.open(`${sandbox().url}/#/enrollments/${id}`);
    await page.waitForFunction(`document.title.includes(${JSON.stringify(address)})`);
    assert.equal(await ran(page), undefined);
  });

  it("is shown in its frame where it is a mail, and runs nothing, asks nobody and leads nowhere", async () => {
    browser.expectProblems(inMail);
    const page = await browser.open(`${sandbox().url}/${one()}`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "A mail" }).waitFor();
    await frame.getByRole("link", { name: "A link" }).click();
    await frame.getByRole("button", { name: "Send" }).click();
    assert.equal(await ran(page), undefined);
    assert.equal(page.url(), `${sandbox().url}/${one()}`);
    assert.deepEqual([...browser.hosts()], [new URL(sandbox().url).host]);
    await frame.getByRole("heading", { name: "A mail" }).waitFor();
  });

  it("would run if it were taken for markup", async () => {
    const page = await browser.open("about:blank");
    await page.setContent(payload("proof"));
    assert.equal(await ran(page), "proof");
  });
});

/** What the frame of a mail keeps from it, in the browser's words. */
const inMail = /frame is sandboxed|sandboxed frame|violates the following Content Security Policy directive|Blocked (script|form)/;
