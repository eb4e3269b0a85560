import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser";
import { address, deliver, fill, journeys, path, payload, ran } from "../support/hostile";
import { useSandbox } from "../support/sandbox";
import { until } from "../support/sandboxPage";

describe("What others write, on the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys, deliver, log: () => undefined }, "suite");
  let instanceId = "";
  before(async () => ({ instanceId } = await fill(sandbox())));

  const one = () => `#/enrollments/${instanceId}`;
  const tab = (page: Page, name: string) => page.getByRole("tab", { name }).click();
  const at = (hash: string) => browser.open(`${sandbox().url}/${hash}`);
  /** Demands that a text is there as it is, and that nothing of it became an element. */
  async function isText(page: Page, place: string, text: string): Promise<void> {
    await page.getByRole("main").getByText(text).first().waitFor({ state: "attached" });
    assert.equal(await ran(page), undefined, place);
    // A policy would have kept it from running; it must not have come so far.
    assert.equal(await page.locator("main").locator("img, script, [onerror]").count(), 0, place);
  }

  it("is text in the list of enrollments", async () => {
    const page = await at("#/enrollments");
    await isText(page, "an address", address);
    await isText(page, "a reason", payload("reason"));
  });

  it("is text in the list of contacts", async () => {
    const page = await at("#/contacts");
    await isText(page, "an address", address);
    await isText(page, "a list", payload("list"));
    await isText(page, "a reason", payload("blocked"));
  });

  it("is text in the filters of a list, where the address bar is hostile", async () => {
    const page = await at(`#/enrollments?state=${encodeURIComponent(payload("state"))}`);
    await isText(page, "a filter", payload("state"));
  });

  it("is text on the view of one enrollment", async () => {
    browser.expectProblems(inMail);
    const page = await at(one());
    await isText(page, "a reason", `Aborted: ${payload("reason")}`);
    await isText(page, "a subject, in the timeline", `Message 1 sent: ${payload("subject")}`);
    await isText(page, "a subject, above its message", `Message 1: ${payload("subject")}`);
    await isText(page, "why a message was not delivered", `Not delivered: ${payload("problem")} (Error)`);
    await isText(page, "a value", JSON.stringify(payload("value")));
    await isText(page, "the name of a value", `${JSON.stringify(payload("name"))}:`);
    await tab(page, "Headers");
    await isText(page, "a subject, in the headers", payload("subject"));
    await tab(page, "Text");
    await isText(page, "a message's text", payload("text"));
  });

  it("is text where a message is still due, and where an address is the heading", async () => {
    browser.expectProblems(inMail);
    const page = await at(`#/enrollments/${sandbox().instances().at(-1)!.instanceId}`);
    await isText(page, "a subject that is due", payload("later subject"));
    await isText(page, "an address", address);
  });

  it("is text in the log of requests", async () => {
    await isText(await at("#/requests"), "a path", `POST ${path}`);
  });

  it("is text on the view of one request", async () => {
    await isText(await at("#/requests/4"), "a path", `POST ${path}`);
    await isText(await at("#/requests/2"), "an address, in a body", JSON.stringify(address));
    const abort = await at("#/requests/3");
    await isText(abort, "a reason, in a body", JSON.stringify(payload("reason")));
    await isText(abort, "a reason, in the command of curl", "top.__pwned='\\''reason'\\''");
  });

  it("is text on the view of the controls", async () => {
    await isText(await at("#/controls"), "the address of a fault", `only ${payload("fault")}`);
  });

  it("is text in the title of the tab", async () => {
    const id = sandbox().instances().at(-1)!.instanceId;
    browser.expectProblems(inMail);
    const page = await at(`#/enrollments/${id}`);
    await until(page, `document.title.includes(${JSON.stringify(address)})`);
    assert.equal(await ran(page), undefined);
  });

  it("is shown in its frame where it is a mail, and runs nothing, asks nobody and leads nowhere", async () => {
    browser.expectProblems(inMail);
    const page = await at(one());
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

/** What the frame of a mail keeps from it: the browser names the mail, or the policy that only mails have. */
const inMail = /\/_sandbox\/mails\/\d+\/html|The document is sandboxed/;
