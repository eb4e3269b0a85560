import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { live, mark, row } from "../support/sandboxPage";

describe("The tabs of a browser with the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox();
  const start = (email: string) => sandbox().post(`/hooks/start/${journeyId}`, { email });

  it("may be more than it has connections, and one that is shown again catches up without a reload", async () => {
    await start("before@example.com");
    const first = await browser.open(sandbox().url);
    await row(first, "before@example.com").waitFor();
    const demandNoReload = await mark(first);
    await show(first, false);
    for (let tabs = 1; tabs < 8; tabs++) {
      const next = await first.context().newPage();
      await next.goto(sandbox().url);
      await live(next);
      await show(next, false);
    }

    await start("meanwhile@example.com");
    await show(first, true);
    await row(first, "meanwhile@example.com").waitFor();
    await live(first);
    await demandNoReload();
  });
});

/** As if somebody went to another tab, or came back. Every page of a browser without windows counts as visible. */
async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, "hidden", { configurable: true, value: ${!isShown} });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}
