import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { go, live, row, status } from "../support/sandboxPage";
import { tour } from "../support/tour";

describe("The sandbox's page says", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys: tour });

  it("how much it has of a long body, and gives no command for it", async () => {
    const data = { firstName: "Ada", seats: "3".repeat(100_000) };
    const { length } = JSON.stringify({ email: "ada@example.com", data });
    await sandbox().post(`/hooks/start/${journeyId}`, { email: "ada@example.com", data });
    const [request] = sandbox().requests();
    assert.equal(request?.bodyLength, length);
    const kept = String(request.body).length;
    assert.ok(kept < length);

    const page = await browser.open(`${sandbox().url}/#/requests`);
    await row(page, "/hooks/start/").getByRole("link").click();
    const words = `The log keeps ${kept.toLocaleString("en-US")} of its ${length.toLocaleString("en-US")} characters.`;
    await page.getByText(words).waitFor();
    await page.getByRole("region", { name: "Beginning of the body" }).getByText("ada@example.com").waitFor();
    await page.getByText("There is no command, as the log does not have the whole body.").waitFor();
    assert.equal(await page.getByText("curl", { exact: false }).getByText("mmApiKey").count(), 0);
  });

  it("on every view that a program gave it a profile, until it is back to the default one", async () => {
    sandbox().useProfile({
      ...(await import("mailmodo-sandbox")).defaultProfile,
      wrongKey: { status: 401, message: "No" },
    });
    const page = await browser.open(sandbox().url);
    await live(page);
    for (const view of ["Requests", "Contacts", "Enrollments", "Controls"] as const) {
      await go(page, view);
      await status(page).getByRole("link", { name: "custom profile" }).waitFor();
    }
    await page.getByText("A profile that a program gave is in effect.").waitFor();
    await page.getByRole("button", { name: "Back to the default profile" }).click();
    await status(page).getByText("No faults, default profile").waitFor();
    await page.getByText("A profile that a program gave is in effect.").waitFor({ state: "detached" });
  });
});
