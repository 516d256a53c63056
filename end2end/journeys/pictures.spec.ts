// The README's pictures, taken by `make pictures`. To add one: go there, `shoot`.
import { type Page } from "@playwright/test";
import { join } from "node:path";
import { assess } from "../assessment.ts";
import { register } from "../family.ts";
import { mouse } from "../hand.ts";
import { expect, signIn, test } from "../journey.ts";

const FOLDER = join(import.meta.dirname, "../pictures");
const NARROW = { width: 900, height: 640 };

/** What is on the screen, from the top; `whole` for the page to its end. */
async function shoot(page: Page, name: string, whole = false) {
  await page.setViewportSize(NARROW);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: whole, animations: "disabled" });
}

/** A paper as the printer gives it. */
async function shootPaper(page: Page, name: string, width: number, height: number) {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width, height });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
  await page.emulateMedia({ media: null });
}

test("a visit in pictures", async ({ page }) => {
  await page.goto("/sign-in?lang=en");
  await shoot(page, "sign-in", true);
  await signIn(page, "counter");
  await page.goto("/search");
  await shoot(page, "search");
  const { reference, pin } = await register(page, "Nduwayo");
  await shoot(page, "registered");
  await page.locator('form[action$="/assessments"] button').click();
  await shoot(page, "assessment");
  const modules = page.url();
  await page.locator("main a.govuk-button").click();
  await shoot(page, "question");
  await page.goto(modules);
  await assess(page);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/results\//);
  const letter = await page.locator('main a[href*="/letters/"]').getAttribute("href");
  const receipt = await page.locator('main a[href*="/receipts/"]').getAttribute("href");
  await shoot(page, "results");
  await page.goto(letter!);
  await shootPaper(page, "letter", 794, 1000);
  await page.goto(receipt!);
  await shootPaper(page, "receipt", 320, 620);
  await page.goto(letter!.replace(/\?.*/, "") + "?in=ar");
  await shootPaper(page, "letter-arabic", 794, 700);

  // The applicant, at home.
  await page.context().clearCookies();
  await page.goto("/track?lang=en");
  await page.locator('input[name="reference"]').fill(reference);
  await page.locator('input[name="birth-year"]').fill("1988");
  await page.locator('input[name="birth-month"]').fill("3");
  await page.locator('input[name="birth-day"]').fill("4");
  await page.locator('input[name="pin"]').fill(pin);
  await page.locator('main form[action="/track"] button').click();
  await expect(page).toHaveURL(/\/track\/status$/);
  await shoot(page, "track");
});

test("registered once, in pictures", async ({ page }) => {
  await signIn(page, "counter");
  let seen = false;
  const arrive = async () => {
    if (seen || !/\/match-/.test(page.url())) return;
    seen = true;
    await shoot(page, "candidates", true);
  };
  // The family of the visit comes again, spelt otherwise.
  await register(page, "Nduwaio", false, { ...mouse, arrive }, "Nduwayo");
  expect(seen).toBe(true);

  await page.context().clearCookies();
  await signIn(page, "supervisor");
  await page.goto("/duplicates");
  await page.locator("main table a").first().click();
  await expect(page).toHaveURL(/\/duplicates\/.+\/.+/);
  await shoot(page, "duplicates", true);

  await page.context().clearCookies();
  await signIn(page, "auditor");
  await page.goto("/matching/1");
  await shoot(page, "model");
});

test("an administrator's staff page", async ({ page }) => {
  await signIn(page, "admin");
  await page.goto("/staff");
  await shoot(page, "staff");
});
