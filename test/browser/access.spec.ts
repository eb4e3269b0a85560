import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { useBrowser, violations } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { list, live, until } from "../support/sandboxPage";
import { tour } from "../support/tour";

describe("The sandbox's page for everybody", () => {
  const browser = useBrowser();
  const empty = useSandbox({}, "suite");
  const used = useSandbox({ journeys: tour, profile: ["duplicate-accepted"] }, "suite");
  let instanceId = "";

  before(async () => {
    const start = (email: string) =>
      used().post(`/hooks/start/${journeyId}`, { email, data: { firstName: "Ada", seats: "3" } });
    const { body } = await start("qa+seeds.pr-42@seeds.example.com");
    instanceId = (body as { ref: string }).ref;
    await start("qa+seeds.pr-42@seeds.example.com");
    await start("no address");
    await used().post(`/hooks/abort/${journeyId}`, {
      email: "qa+seeds.pr-42@seeds.example.com",
      reason: "Seen enough",
    });
    used().setContacts(
      (["blocked", "unsubscribed", "archived"] as const).map((state) => ({
        email: `${state}+seeds.pr-42@seeds.example.com`,
        lists: ["Seeds", "A list with a rather long name"],
        [state]: true,
        blockedReason: "Bounced for the third time",
      })),
    );
    for (const kind of ["500", "late"] as const) used().addFault({ kind, on: "abort", count: 3, probability: 0.5 });
  });

  const h1 = (name: string) => (page: Page) => page.getByRole("heading", { level: 1, name }).waitFor();
  /** Every view, in each of its shapes: where it is, and what is there once it is shown. */
  const views: Record<string, [hash: () => string, isShown: (page: Page) => Promise<void>]> = {
    "the list of enrollments": [() => "#/enrollments", (page) => list(page, "Enrollments").waitFor()],
    "a list in which nothing fits": [
      () => "#/enrollments?q=nobody",
      (page) => page.getByText("No enrollment fits").waitFor(),
    ],
    "one enrollment": [
      () => `#/enrollments/${instanceId}`,
      (page) => page.getByRole("tab", { name: "Headers" }).waitFor(),
    ],
    "the contacts": [() => "#/contacts", (page) => list(page, "Contacts").waitFor()],
    "contacts of which none fits": [() => "#/contacts?q=nobody", (page) => page.getByText("No contact fits").waitFor()],
    "the requests": [() => "#/requests", (page) => list(page, "Requests").waitFor()],
    "one request": [() => "#/requests/2", (page) => page.getByRole("heading", { name: "Request 2" }).waitFor()],
    "the controls": [() => "#/controls", h1("Controls")],
  };

  async function open(hash: string, colorScheme: "dark" | "light", width = 1280): Promise<Page> {
    const page = await browser.open(`${used().url}/${hash}`, { colorScheme, viewport: { width, height: 800 } });
    await live(page);
    return page;
  }
  /** From view to view as a link would, for a page is opened once for all of them. */
  async function visit(page: Page, [hash, isShown]: (typeof views)[string]): Promise<void> {
    await page.evaluate(`void (location.hash = ${JSON.stringify(hash())})`);
    await isShown(page);
  }

  for (const scheme of ["dark", "light"] as const) {
    it(`has nothing that axe would object to, when ${scheme}`, async () => {
      const page = await open("", scheme);
      for (const [name, view] of Object.entries(views)) {
        await visit(page, view);
        assert.deepEqual(await violations(page), [], name);
      }
      await page.getByRole("button", { name: "Reset…" }).click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await violations(page), [], "the dialog");
      const first = await browser.open(empty().url, { colorScheme: scheme });
      await h1("Nothing is enrolled yet")(first);
      assert.deepEqual(await violations(first), [], "the first visit");
    });
  }

  for (const width of [360, 1920]) {
    it(`is never wider than a screen of ${width} pixels`, async () => {
      const page = await open("", "light", width);
      const isWider = () => page.evaluate<string[]>(WIDER);
      for (const [name, view] of Object.entries(views)) {
        await visit(page, view);
        assert.deepEqual(await isWider(), [], name);
      }
      await page.goto(empty().url);
      await h1("Nothing is enrolled yet")(page);
      assert.deepEqual(await isWider(), [], "the first visit");
    });
  }

  it("follows the system from dark to light, unless told otherwise", async () => {
    const page = await open("#/controls", "dark");
    const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const dark = await background();
    await page.emulateMedia({ colorScheme: "light" });
    await until(page, `getComputedStyle(document.body).backgroundColor !== ${JSON.stringify(dark)}`);
    await page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
    await until(page, `getComputedStyle(document.body).backgroundColor === ${JSON.stringify(dark)}`);
    await page.reload();
    await live(page);
    assert.equal(await background(), dark);
  });
});

/** Empty if the page does not scroll sideways. Else what reaches over its edge. */
const WIDER = `document.documentElement.scrollWidth <= innerWidth ? [] : [
  document.documentElement.scrollWidth + " > " + innerWidth,
  ...[...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120))
    .slice(0, 5),
]`;
