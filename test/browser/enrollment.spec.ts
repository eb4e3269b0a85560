import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { go, live, row } from "../support/sandboxPage";
import { tour } from "../support/tour";

describe("One enrollment on the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys: tour });
  const start = () =>
    sandbox().post(`/hooks/start/${journeyId}`, { email: "qa@example.com", data: { firstName: "Ada", seats: "3" } });

  it("shows its message rendered in a frame, as text, and with its headers", async () => {
    const page = await browser.open(sandbox().url);
    await start();
    await row(page, "qa@example.com").getByRole("link").click();
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "Hello Ada" }).waitFor();
    await frame.getByText("3 seats").waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByRole("tabpanel").getByText("Hello Ada, you have 3 seats.").waitFor();
    await page.getByRole("tab", { name: "Headers" }).click();
    await page.getByRole("tabpanel").getByText("Welcome, Ada").waitFor();
  });

  it("shows when the next message is due, and the message once the clock was moved to it", async () => {
    const page = await browser.open(sandbox().url);
    await start();
    await row(page, "qa@example.com").getByRole("link").click();
    const timeline = page.getByRole("region", { name: "Timeline" });
    await timeline.getByText("Message 2 due in 1 d: Your second day, Ada").waitFor();

    await go(page, "Controls");
    await page.getByRole("button", { name: "Next message" }).click();
    await go(page, "Enrollments");
    await row(page, "finished").getByRole("link").click();
    await timeline.getByRole("link", { name: "Message 2 sent: Your second day, Ada" }).waitFor();
    await page.getByRole("heading", { name: "Message 2: Your second day, Ada" }).waitFor();
  });

  it("shows its values, and the requests that concerned it", async () => {
    const page = await browser.open(sandbox().url);
    await start();
    await start();
    await row(page, "qa@example.com").getByRole("link").click();
    await page.getByRole("region", { name: "Personalization values" }).last().getByText('"seats": "3"').waitFor();
    const timeline = page.getByRole("region", { name: "Timeline" });
    await timeline.getByRole("link", { name: "Start requested" }).waitFor();
    await timeline.getByRole("link", { name: "Start refused" }).click();
    await page.getByRole("heading", { name: "Request 2" }).waitFor();
    await live(page);
  });

  it("says why it has no messages, and that none is due", async () => {
    const page = await browser.open(sandbox().url);
    const withoutSteps = "0b1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
    await sandbox().post(`/hooks/start/${withoutSteps}`, { email: "qa@example.com" });
    await row(page, "qa@example.com").getByRole("link").click();
    await page.getByText("No messages: this journey has no steps. Start the sandbox with --journeys").waitFor();
    await go(page, "Controls");
    const next = page.getByRole("button", { name: "Next message" });
    assert.deepEqual(
      [await next.isDisabled(), await next.getAttribute("title")],
      [true, "No message is due: no running journey has one left to send."],
    );
  });

  it("says so where there is none with its id", async () => {
    browser.expectProblems(/404/);
    const page = await browser.open(`${sandbox().url}/#/enrollments/6f1c2d3e-0000-4c6d-8e7f-90a1b2c3d4e5`);
    await page.getByRole("heading", { name: "No such enrollment" }).waitFor();
  });
});
