import assert from "node:assert/strict";
import { useBrowser } from "../support/browser";
import { DESTROY, UP } from "../support/pulumiArgs";
import { enter, live, mark, row, status, tabTo } from "../support/sandboxPage";
import { tourEmail as email, useTour } from "../support/tour";

describe("The sandbox's page by keyboard alone", () => {
  const browser = useBrowser();
  const project = useTour();

  it("goes from a fault to the unconfirmed start, the next up, its messages, the destroy and the reset", async () => {
    const page = await browser.open(project().sandbox.url);
    await live(page);
    const demandNoReload = await mark(page);
    const views = page.getByRole("navigation", { name: "Views" });
    const view = (name: string) => enter(page, views.getByRole("link", { name }));
    const button = (name: string | RegExp) => enter(page, page.getByRole("button", { name }));

    await view("Controls");
    const kind = page.getByRole("combobox", { name: "Kind" });
    await tabTo(page, kind);
    await page.keyboard.type("502-html");
    await button("Turn on");
    await status(page).getByRole("link", { name: "1 fault: 502-html" }).waitFor();
    assert.match((await project().fail(...UP)).output, /It is recorded as unconfirmed/);
    await view("Requests");
    await enter(page, row(page, "/hooks/start/").getByRole("link"));
    await page.getByRole("region", { name: "Request 1" }).getByText("fault: 502-html").waitFor();

    await project().succeed(...UP);
    await view("Enrollments");
    await enter(page, row(page, "running").getByRole("link"));
    await page.getByRole("heading", { level: 1, name: email }).waitFor();
    const tab = page.getByRole("tab", { name: "Message" });
    await tabTo(page, tab);
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tabpanel").getByText("you have 3 seats").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tabpanel").getByText(email).first().waitFor();

    await project().succeed(...DESTROY);
    await page.getByRole("region", { name: "Timeline" }).getByText("Aborted: The tour is over").waitFor();

    await view("Controls");
    await button("+1 day");
    await status(page).getByText("ahead by 1 d").waitFor();
    await button("Reset…");
    await page.getByRole("dialog").getByRole("heading", { name: "Remove everything?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await button("Reset…");
    await button("Remove everything");
    await view("Enrollments");
    await page.getByRole("heading", { name: "Nothing is enrolled yet" }).waitFor();
    await demandNoReload();
  });
});
