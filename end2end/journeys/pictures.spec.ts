// The README's pictures, taken by `make pictures`. To add one: sign in, go there, `shoot`.
import { type Page } from "@playwright/test";
import { join } from "node:path";
import { signIn, test } from "../journey.ts";

const FOLDER = join(import.meta.dirname, "../pictures");

async function shoot(page: Page, name: string) {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true, animations: "disabled", scale: "css" });
}

test.use({ viewport: { width: 1000, height: 700 } });

test("the first page and signing in", async ({ page }) => {
  await page.goto("/");
  await shoot(page, "first-page");
  await page.goto("/?lang=ar");
  await shoot(page, "first-page-arabic");
  await page.goto("/sign-in?lang=en");
  await shoot(page, "sign-in");
});

test("an administrator's staff page", async ({ page }) => {
  await signIn(page, "admin");
  await page.goto("/staff");
  await shoot(page, "staff");
});
