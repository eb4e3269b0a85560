import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";

// How tests find things on the sandbox's page: by role and name, as assistive technology does.

export function list(page: Page, name: "Enrollments" | "Contacts" | "Requests"): Locator {
  return page.getByRole("grid", { name });
}

/** The row of a list that has a text. */
export function row(page: Page, text: string): Locator {
  return page.getByRole("row").filter({ hasText: text });
}

/** What is on every view: whether the page is live, and what is switched on. */
export function status(page: Page): Locator {
  return page.getByRole("region", { name: "Status" });
}

/** Waits until the page has what the sandbox knows, and follows it. */
export async function live(page: Page): Promise<void> {
  await status(page).getByRole("status").filter({ hasText: "Live" }).waitFor();
}

/** Goes to a view as its link does, without a reload. */
export async function go(page: Page, view: "Enrollments" | "Contacts" | "Requests" | "Controls"): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
}

/** Marks a document. The answer demands that it is still the one that is shown: it was not loaded again. */
export async function mark(page: Page): Promise<() => Promise<void>> {
  await page.evaluate("void (window.__marked = true)");
  return async () => assert.equal(await page.evaluate("window.__marked"), true, "The page was loaded again.");
}

/** Presses Tab, or Shift and Tab where it is further up, until an element has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 100; presses++) {
    const key = await target.evaluate(keyTo);
    if (key === undefined) return;
    await page.keyboard.press(key);
  }
  assert.fail(`Tab does not lead to ${String(target)}.`);
}

/** What the browser's types say of an element, which the tests' own compiler does not know. */
interface Element {
  readonly ownerDocument: { readonly activeElement: Element };
  compareDocumentPosition(other: Element): number;
  readonly DOCUMENT_POSITION_FOLLOWING: number;
}

/** The key that leads towards an element from where the focus is. Undefined: it has the focus. Runs in the page. */
function keyTo(element: Element): string | undefined {
  const { activeElement } = element.ownerDocument;
  if (element === activeElement) return undefined;
  const isAfter = element.compareDocumentPosition(activeElement) & element.DOCUMENT_POSITION_FOLLOWING;
  return isAfter ? "Shift+Tab" : "Tab";
}

/** Reaches an element by Tab, and presses Enter. */
export async function enter(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/**
 * Waits until an expression is true in the page. Playwright's own way evaluates text there, which the page's policy
 * forbids.
 */
export async function until(page: Page, expression: string): Promise<void> {
  await page.evaluate(`new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(${JSON.stringify(`It did not come true: ${expression}`)})), 30_000);
    const check = () => ((${expression}) ? resolve() : requestAnimationFrame(check));
    check();
  })`);
}
