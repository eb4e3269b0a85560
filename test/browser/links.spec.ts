import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { go, list, live, row } from "../support/sandboxPage";
import { tour } from "../support/tour";

describe("A link into the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys: tour });
  beforeEach(async () => {
    for (const email of ["ada@example.com", "bob@example.com"]) {
      await sandbox().post(`/hooks/start/${journeyId}`, { email, data: { firstName: "Ada", seats: "3" } });
    }
    await sandbox().post(`/hooks/abort/${journeyId}`, { email: "bob@example.com", reason: "Seen enough" });
  });

  it("leads to the view that its name was chosen for, also after a reload, and back", async () => {
    const page = await browser.open(sandbox().url);
    for (const view of ["Contacts", "Requests", "Controls", "Enrollments"] as const) {
      await go(page, view);
      await page.getByRole("heading", { level: 1, name: view }).waitFor();
      await page.reload();
      await page.getByRole("heading", { level: 1, name: view }).waitFor();
      assert.match(await page.title(), new RegExp(`^${view} `));
    }
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Controls" }).waitFor();
  });

  it("leads to one enrollment and one of its messages", async () => {
    await sandbox().moveClock({ advanceSeconds: 86_400 });
    const page = await browser.open(sandbox().url);
    await row(page, "ada@example.com").getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "ada@example.com" }).waitFor();
    await page.getByRole("heading", { name: "Message 2: Your second day, Ada" }).waitFor();
    await page.getByRole("link", { name: "Message 1 sent: Welcome, Ada" }).click();
    await page.getByRole("heading", { name: "Message 1: Welcome, Ada" }).waitFor();

    const another = await browser.open(page.url());
    await another.getByRole("heading", { level: 1, name: "ada@example.com" }).waitFor();
    await another.getByRole("heading", { name: "Message 1: Welcome, Ada" }).waitFor();
  });

  it("leads to one request", async () => {
    const page = await browser.open(sandbox().url);
    await go(page, "Requests");
    await row(page, "/hooks/abort/").getByRole("link").click();
    await page.getByRole("heading", { name: "Request 3" }).waitFor();
    await page.reload();
    await page.getByRole("region", { name: "Body" }).getByText("Seen enough").waitFor();
  });

  it("keeps what was searched, filtered and sorted", async () => {
    const page = await browser.open(sandbox().url);
    await page.getByRole("combobox", { name: "State" }).selectOption("aborted");
    await row(page, "ada@example.com").waitFor({ state: "detached" });
    await page.reload();
    await row(page, "bob@example.com").waitFor();
    assert.equal(await row(page, "ada@example.com").count(), 0);

    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("searchbox", { name: "Search" }).fill("ada@");
    await row(page, "bob@example.com").waitFor({ state: "detached" });
    await page.reload();
    await row(page, "ada@example.com").waitFor();
    assert.equal(await row(page, "bob@example.com").count(), 0);

    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByRole("button", { name: "Address" }).click();
    await page.reload();
    await live(page);
    await list(page, "Enrollments").getByRole("row").nth(2).waitFor();
    const addresses = await list(page, "Enrollments").getByRole("link").allInnerTexts();
    assert.deepEqual(addresses, ["ada@example.com", "bob@example.com"]);
  });

  it("leads to the list of enrollments where it makes no sense", async () => {
    const page = await browser.open(`${sandbox().url}/#/nowhere/%E0%A4%A?state`);
    await list(page, "Enrollments").waitFor();
  });
});
