import { chromium } from "playwright-core";
import { findChromium } from "../tools/chromium/chromium";

/** How a page ran while it was open. */
export interface Watched {
  /** The longest time between two frames, in milliseconds. */
  readonly longestFrameMs: number;
  /** The longest task of its script, in milliseconds. 0: none took more than 50, which is what the browser reports. */
  readonly longestTaskMs: number;
}

/** Opens the sandbox's page in a real browser, and does something once it has drawn its list and is idle. */
export async function watchPage<T>(url: string, work: () => Promise<T>): Promise<{ result: T; watched: Watched }> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByRole("link", { name: /@/ }).first().waitFor();
    await page.evaluate("new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(() => resolve())))");
    // As text: the compiler would add calls of its own, which the browser has not.
    await page.evaluate(OBSERVE);
    const result = await work();
    return { result, watched: await page.evaluate<Watched>("window.__watched") };
  } finally {
    await browser.close();
  }
}

const OBSERVE = `
  const watched = (window.__watched = { longestFrameMs: 0, longestTaskMs: 0 });
  let before = performance.now();
  const frame = (now) => {
    watched.longestFrameMs = Math.max(watched.longestFrameMs, now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame((now) => { before = now; requestAnimationFrame(frame); });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longestTaskMs = Math.max(watched.longestTaskMs, duration);
  }).observe({ type: "longtask" });
`;
