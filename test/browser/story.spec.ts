import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { DESTROY, UP } from "../support/pulumiArgs";
import { go, list, live, mark, row, status } from "../support/sandboxPage";
import { tourEmail as email, useTour } from "../support/tour";

describe("The sandbox's page beside the real engine", () => {
  const browser = useBrowser();
  const project = useTour();

  it("shows an enrollment when an up starts it, and the reason when a destroy ends it, without a reload", async () => {
    const page = await browser.open(project().sandbox.url);
    await page.getByRole("heading", { name: "Nothing is enrolled yet" }).waitFor();
    const demandNoReload = await mark(page);

    await project().succeed(...UP);
    await list(page, "Enrollments").waitFor();
    const enrollment = row(page, email);
    for (const cell of ["seeds", "test", journeyId.slice(0, 8), "running"]) {
      await enrollment.getByRole("gridcell", { name: cell, exact: true }).waitFor();
    }

    await project().succeed(...DESTROY);
    await enrollment.getByRole("gridcell", { name: "aborted" }).waitFor();
    await enrollment.getByRole("gridcell", { name: "The tour is over" }).waitFor();
    await demandNoReload();
  });

  it("switches a fault on that leaves the next up unconfirmed, and shows it until the up after that", async () => {
    const page = await browser.open(`${project().sandbox.url}/#/controls`);
    await live(page);
    await page.getByRole("combobox", { name: "Kind" }).selectOption("reset-after");
    await page.getByRole("button", { name: "Turn on" }).click();
    await status(page).getByRole("link", { name: "1 fault: reset-after" }).waitFor();

    const failed = await project().fail(...UP);
    assert.match(failed.output, /It is recorded as unconfirmed/);
    await status(page).getByText("No faults").waitFor();
    await go(page, "Requests");
    await row(page, "/hooks/start/").getByRole("gridcell", { name: "reset-after" }).waitFor();
    await go(page, "Enrollments");
    await row(page, email).getByText("running").waitFor();

    await project().succeed(...UP);
    await row(page, "aborted").waitFor();
    await row(page, "running").waitFor();
    assert.equal(await row(page, email).count(), 2);
  });
});
