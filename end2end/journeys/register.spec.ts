// From the door to the register: search first, then a family of five.
import { expect, lookAt, lookAtInEach, signIn, test } from "../journey.ts";
import { FAMILY, birthday, named, register } from "../family.ts";
import { mouse } from "../hand.ts";

test("a family of five is registered and found again by its reference", async ({ page }) => {
  await signIn(page, "counter");
  const { reference, pin } = await register(page, named(), true, mouse);
  expect(pin).toMatch(/^\d{6}$/);
  await page.goto("/search");
  await page.locator('input[name="reference"]').fill(reference.toLowerCase().replaceAll("-", " "));
  await page.locator('main form[action="/search"] button').click();
  await expect(page.locator("table")).toContainText(reference);
  await lookAt(page);
});

test("the same family is not registered twice", async ({ page }) => {
  await signIn(page, "counter");
  const family = named();
  await register(page, family);
  await page.goto("/search");
  await page.locator('input[name="name"]').fill(`halima ${family.toUpperCase()}`);
  const [day, month] = birthday(family, FAMILY[0].birth);
  for (const [part, value] of [["day", day], ["month", month], ["year", "1988"]]) {
    await page.locator(`input[name="birth_${part}"]`).fill(value);
  }
  await page.locator('main form[action="/search"] button').click();
  await expect(page.locator("table")).toContainText(/SP-/);
});

test("what is wrong is said beside the field and in the summary, and what was typed stays", async ({ page }) => {
  await signIn(page, "counter");
  await page.goto("/search");
  await lookAtInEach(page);
  await page.locator('input[name="reference"]').fill("SP-0000-0001");
  await page.locator('main form[action="/search"] button').click();
  await expect(page).toHaveTitle(/^Error:/);
  await expect(page.locator('input[name="reference"]')).toHaveValue("SP-0000-0001");
  await page.locator(".govuk-error-summary a").first().click();
  await expect(page.locator('input[name="reference"]')).toBeFocused();
  await lookAt(page);
});
