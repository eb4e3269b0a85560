import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createSandbox, SANDBOX_KEY } from "mailmodo-sandbox";
import { useBrowser } from "../support/browser";
import { startCuttableProxy, type CuttableProxy } from "../support/cuttableProxy";
import { journeyId } from "../support/journeyId";
import { useSandbox } from "../support/sandbox";
import { live, mark, row, status } from "../support/sandboxPage";

describe("The connection of the sandbox's page", () => {
  const browser = useBrowser();
  const sandbox = useSandbox();
  let proxy: CuttableProxy;
  beforeEach(async () => (proxy = await startCuttableProxy(sandbox().url)));
  afterEach(() => proxy.close());

  const start = (email: string) => sandbox().post(`/hooks/start/${journeyId}`, { email });
  const lost = /net::ERR_|Failed to load resource/;

  it("is shown when it is lost, and what happened meanwhile when it is back, without a reload", async () => {
    browser.expectProblems(lost);
    await start("before@example.com");
    const page = await browser.open(proxy.url);
    await row(page, "before@example.com").waitFor();
    const demandNoReload = await mark(page);

    await proxy.cut();
    await status(page).getByText("Reconnecting…").waitFor();
    await row(page, "before@example.com").waitFor();
    await start("meanwhile@example.com");
    await sandbox().post(`/hooks/abort/${journeyId}`, { email: "before@example.com", reason: "Seen enough" });

    await proxy.restore();
    await live(page);
    await row(page, "meanwhile@example.com").waitFor();
    await row(page, "before@example.com").getByText("Seen enough").waitFor();
    await start("after@example.com");
    await row(page, "after@example.com").waitFor();
    await demandNoReload();
  });

  it("is tried again at once by a button, when the sandbox has stopped for long", async () => {
    browser.expectProblems(lost);
    const page = await browser.open(proxy.url);
    await live(page);
    await proxy.cut();
    await status(page).getByText("The sandbox does not answer").waitFor();
    await proxy.restore();
    await page.getByRole("button", { name: "Try now" }).click();
    await live(page);
  });

  it("leads to what a sandbox has that took its place, and to nothing else", async () => {
    browser.expectProblems(lost);
    await start("of-before@example.com");
    const page = await browser.open(proxy.url);
    await row(page, "of-before@example.com").waitFor();
    await proxy.cut();
    await status(page).getByText("Reconnecting…").waitFor();
    sandbox().reset();
    await start("of-after@example.com");
    await proxy.restore();
    await row(page, "of-after@example.com").waitFor();
    await row(page, "of-before@example.com").waitFor({ state: "detached" });
  });

  it("is back when a sandbox with a store was started again, with everything that was acknowledged", async () => {
    browser.expectProblems(lost);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-page-"));
    const store = path.join(folder, "sandbox.db");
    let stored = createSandbox({ store });
    try {
      const url = await stored.listen();
      const start = (email: string) => postJson(`${url}/hooks/start/${journeyId}`, { email });
      await start("before@example.com");
      const page = await browser.open(url);
      await row(page, "before@example.com").waitFor();
      await status(page).getByText(`kept in ${store}`).waitFor();
      const demandNoReload = await mark(page);

      await stored.close();
      await status(page).getByText("Reconnecting…").waitFor();
      stored = createSandbox({ store });
      await stored.listen({ port: Number(new URL(url).port) });
      await live(page);
      await start("after@example.com");
      await row(page, "after@example.com").waitFor();
      await row(page, "before@example.com").waitFor();
      await demandNoReload();
    } finally {
      await stored.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});

function postJson(url: string, body: object): Promise<Response> {
  const headers = { "Content-Type": "application/json", mmApiKey: SANDBOX_KEY };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}
