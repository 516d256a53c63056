// What every journey stands on: a page that fails the test on any error in the console, signing in, and the looks
// that are taken at each page a person meets. To add a journey: a file in journeys/ that imports `test` from here.
import { expect, test as base, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export type Options = { engine: string };
export { expect };

export const PASSWORD = "one-window-for-every-door";
const WIDTHS = [320, 1280];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const test = base.extend<Options & { failOnErrors: void }>({
  engine: ["sqlite", { option: true }],
  baseURL: async ({ engine }, use) => {
    const at = process.env[`GUICHET_AT_${engine.toUpperCase()}`];
    if (!at) throw new Error(`no server for ${engine}: start the journeys with .ci/journeys`);
    await use(at);
  },
  // A page that answers 422 was given wrong input on purpose; the browser notes it as an error of loading.
  failOnErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on("console", (message) => {
        const refused = /status of (422|409|403|404)/.test(message.text()) && !/\.(js|css|wasm|svg)/.test(message.location().url);
        if (message.type() === "error" && !refused) errors.push(`${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => errors.push(String(error.error())));
      context.on("requestfailed", (request) => {
        // The browser drops what it was loading when the person goes on.
        if (request.failure()?.errorText !== "net::ERR_ABORTED") errors.push(`${request.url()}: ${request.failure()?.errorText}`);
      });
      context.on("response", (response) => {
        if (response.status() >= 500) errors.push(`${response.url()}: ${response.status()}`);
      });
      await use();
      for (const twin of twins.values()) await twin.context().close();
      twins.clear();
      expect(errors, "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in as one of the demo accounts: counter, supervisor, provider, policy, tribunal, auditor, admin. */
export async function signIn(page: Page, login: string) {
  await page.goto("/sign-in");
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Ends the session, as a person does who leaves the counter. */
export async function signOut(page: Page) {
  await page.goto("/");
  await page.locator('form[action="/sign-out"] button').click();
}

/** Nothing that axe finds, and nothing to push sideways, at phone and desk width. With JavaScript a page is looked at on one
 * engine: it is the same on the other. axe takes its time: it looks at desk width with JavaScript, at phone width without, unless told. */
export async function lookAt(page: Page, axeAt?: number) {
  const scripts = test.info().project.use.javaScriptEnabled !== false;
  if (scripts && (test.info().project.use as Options).engine !== "sqlite") return;
  const seen = scripts ? page : await twinOf(page);
  axeAt ??= WIDTHS[scripts ? 1 : 0];
  const before = page.viewportSize();
  await seen.evaluate(AXE);
  for (const width of WIDTHS) {
    await seen.setViewportSize({ width, height: 900 });
    const where = `${page.url()} at ${width} px`;
    expect(await sideways(seen), `${where}: wider than the screen`).toEqual([]);
    if (axeAt === width) expect(await violations(seen), `${where}: axe`).toEqual([]);
  }
  if (seen === page && before) await page.setViewportSize(before);
}

/** `lookAt` in each language, for a page that has an address of its own; ends in English. axe takes its time and finds the
 * same in both: it looks at desk width from left to right and at phone width from right to left. */
export async function lookAtInEach(page: Page, languages = ["en", "ar"]) {
  const address = new URL(page.url());
  for (const language of [...languages, "en"]) {
    address.searchParams.set("lang", language);
    if ((await page.locator("html").getAttribute("lang")) !== language) await page.goto(address.toString());
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.locator("html")).toHaveAttribute("dir", language === "ar" ? "rtl" : "ltr");
    const axeAt = WIDTHS[language === "ar" ? 0 : 1];
    if (language !== "en" || languages.includes("en")) await lookAt(page, axeAt);
    languages = languages.filter((seen) => seen !== language);
  }
}

async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("body *")]
      .filter((e) => e.getBoundingClientRect().right > room + 1 || e.getBoundingClientRect().left < -1)
      .slice(0, 5)
      .map((e) => e.outerHTML.slice(0, 120));
  });
}

async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async (tags) => {
    // @ts-expect-error axe was put there by lookAt
    const result = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return result.violations.map((v: any) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n: any) => n.html).join(" | ")}`);
  }, TAGS);
}

// axe needs timers, which stand still where JavaScript is off: it looks at the same document in a second browser
// context, in which the page's own scripts may not run.
async function twinOf(page: Page): Promise<Page> {
  const twin = twins.get(page) ?? (await (await page.context().browser()!.newContext({ javaScriptEnabled: true })).newPage());
  twins.set(page, twin);
  const body = await page.content();
  await twin.unrouteAll();
  await twin.route(page.url(), (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", headers: { "content-security-policy": "script-src 'none'" }, body }),
  );
  await twin.goto(page.url());
  return twin;
}

// Of the test that runs; each ends its own.
const twins = new Map<Page, Page>();

/** How wide the sheets are on which a page prints itself, in millimetres, each width once. */
export async function paperWidths(page: Page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const widths = [...pdf.matchAll(/\/MediaBox ?\[0 0 ([\d.]+) /g)].map((found) => Math.round((Number(found[1]) / 72) * 25.4));
  return [...new Set(widths)];
}
