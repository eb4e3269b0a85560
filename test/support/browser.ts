import assert from "node:assert/strict";
import axe from "axe-core";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { findChromium } from "../../tools/chromium/chromium";

/** A real browser. What goes wrong in one of its pages fails the test, unless the test expects it. */
export interface TestBrowser {
  /** Opens a page in a profile of its own. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the pages are to report in this test: errors and warnings of their console, uncaught errors. */
  expectProblems(pattern: RegExp): void;
  /** What they reported so far. */
  problems(): readonly string[];
  /** The hosts that were asked for anything. Not those that the policy of a page kept it from asking. */
  hosts(): ReadonlySet<string>;
}

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts one browser for all tests of a suite, and ends it after; each test has pages of its own. */
export function useBrowser(): TestBrowser {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let expected: RegExp[] = [];
  let problems: string[] = [];
  let asked = new Set<string>();
  const hosts = () => new Set([...asked].map(hostOf));

  before(async () => {
    // Its user-data-dir is a new one, which Playwright removes.
    browser = await chromium.launch({ executablePath: await findChromium(), args: FLAGS });
  });
  after(() => browser?.close());

  beforeEach(() => {
    [contexts, expected, problems, asked] = [[], [], [], new Set()];
  });
  afterEach(async function () {
    if (this.currentTest?.err) await describePages(this.currentTest.err, contexts, problems);
    await Promise.all(contexts.map((context) => context.close()));
    if (this.currentTest?.err) return;
    const unexpected = problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
    assert.deepEqual(unexpected, [], "The page reported problems.");
    const others = [...hosts()].filter((host) => !/^127\.0\.0\.1:\d+$/.test(host));
    assert.deepEqual(others, [], "A request left the machine.");
  });

  return {
    async open(url, options) {
      const context = await browser.newContext(options);
      contexts.push(context);
      context.on("request", (request) => void asked.add(request.url()));
      context.on("requestfailed", (request) => {
        if (request.failure()?.errorText === "csp") asked.delete(request.url());
      });
      context.on("console", (message) => {
        const from = message.location().url;
        if (["error", "warning"].includes(message.type())) problems.push(`${message.text()} (${from})`);
      });
      context.on("weberror", (error) => void problems.push(error.error().message));
      const page = await context.newPage();
      page.on("websocket", (socket) => void asked.add(socket.url()));
      await page.goto(url);
      return page;
    },
    expectProblems: (pattern) => void expected.push(pattern),
    problems: () => problems,
    hosts,
  };
}

/** What is in the document itself, such as `data:`, asks no host. */
function hostOf(url: string): string {
  const { protocol, host } = new URL(url);
  return /^(data|blob|about):$/.test(protocol) ? "127.0.0.1:0" : host;
}

/** What a reader of a failure sees of the pages, for nobody can look at them. */
async function describePages(error: Error, contexts: readonly BrowserContext[], problems: readonly string[]) {
  const pages = contexts.flatMap((context) => context.pages());
  const shown = pages.map(async (page) => `${page.url()}\n${await page.locator("body").ariaSnapshot()}`);
  const lines = [...(await Promise.all(shown)), ...problems].join("\n");
  error.message += `\nThe page, as assistive technology has it:\n${lines}`;
  error.stack = `${error.message}\n${error.stack ?? ""}`;
}

/** What axe finds in a page: the rule and where. */
export async function violations(page: Page): Promise<string[]> {
  // The debugger puts it in, which no policy of the page's forbids.
  await page.evaluate(axe.source);
  // A message's frame belongs to no origin. axe would write to it, and the console would report each attempt.
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run({ iframes: false })");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary ?? ""}`),
  );
}
