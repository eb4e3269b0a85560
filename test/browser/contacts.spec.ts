import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { contactCall } from "../support/contactCalls";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { enter, go, list, live, mark, row, tabTo } from "../support/sandboxPage";
import { tour } from "../support/tour";

const ada = "ada+seeds.pr-1@example.com";
const bob = "bob@example.com";

describe("The contacts on the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys: tour });
  beforeEach(() =>
    sandbox().setContacts([
      { email: ada, lists: ["Seeds", "More"] },
      { email: bob, blocked: true, blockedReason: "Bounced" },
    ]),
  );
  const start = (email: string) =>
    sandbox().post(`/hooks/start/${journeyId}`, { email, data: { firstName: "Ada", seats: "3" } });

  it("have their lists, state and reason, live", async () => {
    const page = await browser.open(`${sandbox().url}/#/contacts`);
    await live(page);
    const demandNoReload = await mark(page);
    await row(page, ada).getByText("Seeds, More").waitFor();
    await row(page, bob).getByText("Bounced").waitFor();

    await contactCall(sandbox().url, "addToList", { email: "new@example.com", listName: "Late" });
    await row(page, "new@example.com").getByText("active").waitFor();
    await contactCall(sandbox().url, "archiveContact", { email: ada });
    await row(page, ada).getByText("archived").waitFor();
    sandbox().reset();
    await page.getByText("There is no contact.").waitFor();
    await demandNoReload();
  });

  it("are filtered by state, stack and words, which the address bar keeps", async () => {
    const page = await browser.open(`${sandbox().url}/#/contacts`);
    await row(page, bob).waitFor();
    await page.getByRole("combobox", { name: "State" }).selectOption("blocked");
    await row(page, ada).waitFor({ state: "detached" });
    await page.reload();
    await row(page, bob).waitFor();
    assert.equal(await row(page, ada).count(), 0);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("combobox", { name: "Stack" }).selectOption("seeds/pr-1");
    await row(page, bob).waitFor({ state: "detached" });
    await page.getByRole("combobox", { name: "Stack" }).selectOption("");
    await page.getByRole("searchbox", { name: "Search" }).fill("more seeds");
    await row(page, bob).waitFor({ state: "detached" });
    await row(page, ada).waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("button", { name: "Address" }).click();
    await page.reload();
    await row(page, bob).waitFor();
    assert.deepEqual(await list(page, "Contacts").getByRole("link").allInnerTexts(), [ada, bob]);
  });

  it("lead to their enrollments by keyboard, and from one of these back", async () => {
    await start(ada);
    await start("carol@example.com");
    const page = await browser.open(sandbox().url);
    await live(page);
    await enter(page, page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Contacts" }));
    await tabTo(page, page.getByRole("searchbox", { name: "Search" }));
    await page.keyboard.type("ada+");
    await row(page, bob).waitFor({ state: "detached" });
    await enter(page, row(page, ada).getByRole("link"));
    await page.getByRole("heading", { level: 1, name: "Enrollments" }).waitFor();
    assert.equal(await row(page, "carol@example.com").count(), 0);
    await enter(page, row(page, ada).getByRole("link"));
    await page.getByRole("heading", { level: 1, name: ada }).waitFor();
    await enter(page, page.getByRole("link", { name: "Its lists and state" }));
    await page.getByRole("heading", { level: 1, name: "Contacts" }).waitFor();
    await row(page, ada).getByText("Seeds, More").waitFor();
    assert.equal(await row(page, bob).count(), 0);
  });

  it("are moved along by the arrow keys", async () => {
    const page = await browser.open(`${sandbox().url}/#/contacts?sort=address`);
    await tabTo(page, row(page, ada).getByRole("link"));
    await page.keyboard.press("ArrowDown");
    const focused = await page.evaluate<string>("document.activeElement.textContent");
    assert.equal(focused, bob);
  });

  it("are unsubscribed by the link in a message as the page shows it, and the enrollment says why", async () => {
    await start(ada);
    await sandbox().moveClock({ advanceSeconds: 0 });
    const page = await browser.open(`${sandbox().url}/#/enrollments/${sandbox().instances()[0]!.instanceId}`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("link", { name: "Unsubscribe" }).click();
    await frame.getByRole("heading", { name: "Unsubscribed" }).waitFor();
    await sandbox().moveClock({ advanceSeconds: 86_400 });
    await page.getByText("1 message: The contact is unsubscribed: The unsubscribe link").waitFor();
    await go(page, "Contacts");
    await row(page, ada).getByText("unsubscribed", { exact: true }).waitFor();
  });

  it("are shown as fast as they are scrolled to, however many there are", async () => {
    sandbox().setContacts(Array.from({ length: 5_000 }, (_, nth) => ({ email: `c${nth}@example.com` })));
    const page = await browser.open(`${sandbox().url}/#/contacts?sort=address`);
    await page.getByText("5,002 contacts").waitFor();
    assert.ok((await list(page, "Contacts").getByRole("row").count()) < 100);
    await tabTo(page, row(page, ada).getByRole("link"));
    await page.keyboard.press("End");
    await row(page, "c999@example.com").waitFor();
  });
});
