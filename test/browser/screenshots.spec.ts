import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Page } from "playwright-core";
import { useBrowser } from "../support/browser";
import { useSandbox } from "../support/sandbox";
import { live, row } from "../support/sandboxPage";
import { fillShop, NOON, shop } from "../support/shop";

const IMAGES = path.resolve(__dirname, "../../docs/images");
const VIEWPORT = { width: 1200, height: 720 };
/** Else they are only compared: fonts and the browser's version draw each of them a little differently. */
const isUpdate = process.env["UPDATE_SCREENSHOTS"] === "1";

describe("The screenshots of the documents", () => {
  const browser = useBrowser();
  const sandbox = useSandbox({ journeys: shop, now: () => NOON, seed: 1 }, "suite");
  let folder: string;
  before(async () => {
    folder = isUpdate ? IMAGES : fs.mkdtempSync(path.join(os.tmpdir(), "screenshots-"));
    await fillShop(sandbox());
  });
  after(() => {
    if (!isUpdate) fs.rmSync(folder, { recursive: true, force: true });
  });

  async function open(hash: string): Promise<Page> {
    const page = await browser.open(`${sandbox().url}/${hash}`, {
      viewport: VIEWPORT,
      colorScheme: "light",
      reducedMotion: "reduce",
      timezoneId: "UTC",
      locale: "en-US",
    });
    await live(page);
    return page;
  }

  async function take(page: Page, name: string): Promise<void> {
    const file = path.join(folder, `sandbox-${name}.png`);
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    const [made, kept] = [file, path.join(IMAGES, `sandbox-${name}.png`)].map(sizeOf);
    assert.deepEqual(made, kept, `docs/images/sandbox-${name}.png has another size. ${HOW}`);
    assert.ok(fs.statSync(file).size < 150_000, `${file} is too large for a README.`);
  }

  it("show the list of enrollments", async () => {
    const page = await open("");
    await row(page, "grace+shop.prod").first().waitFor();
    await take(page, "enrollments");
  });

  it("show one enrollment with a message", async () => {
    const page = await open(`#/enrollments/${sandbox().instances()[0]!.instanceId}?mail=1`);
    await page.frameLocator("iframe").getByRole("heading").waitFor();
    await take(page, "enrollment");
  });

  it("show the controls", async () => {
    const page = await open("#/controls");
    await page.getByRole("list", { name: "Faults that are on" }).waitFor();
    await take(page, "controls");
  });
});

const HOW =
  "Take them again: npm run build && UPDATE_SCREENSHOTS=1 node tools/withNode.js mocha test/browser/screenshots.spec.ts";

/** The width and the height in a PNG's header. */
function sizeOf(file: string): [number, number] {
  const header = fs.readFileSync(file).subarray(0, 24);
  return [header.readUInt32BE(16), header.readUInt32BE(20)];
}
