// A partner's list from the file to the register: upload, columns, dry run, comparison, acceptance, and the family is found.
import { type Page } from "@playwright/test";
import { birthday } from "../family.ts";
import { expect, lookAt, signIn, test } from "../journey.ts";

/** Letters that no other run of this journey has taken: families of the same name would be one. */
function unheard(): string {
  const letters = "bcdfghjklmnprstvz";
  const vowels = "aeiou";
  let name = "";
  for (let at = 0; at < 5; at++) {
    name += letters[Math.floor(Math.random() * letters.length)] + vowels[Math.floor(Math.random() * vowels.length)];
  }
  return name[0].toUpperCase() + name.slice(1);
}

/** Comes again to the list's page until the service is done with what it does. */
async function until(page: Page, list: string, words: string) {
  await expect(async () => {
    await page.goto(list);
    await expect(page.locator("main")).toContainText(words, { timeout: 1_000 });
  }).toPass({ timeout: 120_000, intervals: [1_000] });
}

test("a partner's list is read, compared, accepted, and its family is found", async ({ page }) => {
  const family = unheard();
  const born = (...day: [string, string]) => birthday(family, day).map((part) => part.padStart(2, "0")).join("/");
  const rows = [
    "Beneficiaries of the school meals;;;;;",
    "household;relation;first name;surname;sex;date of birth",
    `1;head;${unheard()};${family};F;${born("14", "9")}/1981`,
    `1;son;${unheard()};${family};M;${born("3", "8")}/2009`,
    `2;head;${unheard()};${unheard()};F;31/02/1990`,
  ];
  await signIn(page, "supervisor");
  await page.goto("/lists");
  await lookAt(page);
  await page.getByRole("button", { name: "Upload a list" }).click();
  await lookAt(page);
  await page.locator('main button[type="submit"]').last().click();
  await expect(page).toHaveTitle(/^Error:/);
  await page.locator('input[name="partner"]').fill("Meals for schools");
  await page.locator('input[name="agreement"]').fill("MoU-2026-7");
  await page.locator('input[name="file"]').setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) });
  await page.locator('main button[type="submit"]').last().click();

  await expect(page).toHaveURL(/\/lists\/[0-9a-f-]+\/columns$/);
  await expect(page.locator('select[name="column-2"]')).toHaveValue("given_name");
  await lookAt(page);
  await page.locator('input[name="dates"][value="dmy"]').check();
  await page.locator('select[name="village"]').selectOption({ index: 1 });
  await page.locator('form[method="post"] button[type="submit"]').last().click();

  await expect(page).toHaveURL(/\/lists\/[0-9a-f-]+$/);
  const list = page.url();
  await until(page, list, "What was read");
  await expect(page.locator("main")).toContainText("There is no such day in the calendar");
  await lookAt(page);
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download all errors" }).click();
  expect((await file).suggestedFilename()).toMatch(/^errors-.*\.csv$/);

  await page.locator('button[value="match"]').click();
  await until(page, list, "What was found");
  await expect(page.locator("main")).toContainText("New");
  await lookAt(page);
  for (let bands = await page.locator('button[value="band"]').count(); bands > 0; bands--) {
    await page.locator('button[value="band"]').first().click();
  }
  await page.locator('button[value="import"]').click();
  await until(page, list, "What became of the rows");
  await lookAt(page);

  await page.goto("/search");
  await page.locator('input[name="name"]').fill(family);
  await page.locator('input[name="birth_year"]').fill("1981");
  await page.locator('main form[action="/search"] button').click();
  await expect(page.locator("main")).toContainText(family);
});
