// One visit, from the door to the letter: register, assess, results for every programme, letter, receipt, and the
// applicant who looks at the own request from home.
import { expect, lookAt, lookAtInEach, paperWidths, signIn, test } from "../journey.ts";
import { assess } from "../assessment.ts";
import { mouse } from "../hand.ts";
import { FAMILY, birthday, named, register } from "../family.ts";

test("one household from the door to the letter", async ({ page, browser, baseURL }) => {
  await signIn(page, "counter");
  const { reference, pin } = await register(page, named(), false, mouse);
  await page.locator('form[action$="/assessments"] button').click();
  await assess(page, true, mouse);
  await page.locator('main form button[type="submit"]').click();

  await expect(page).toHaveURL(/\/results\//);
  await lookAt(page);
  const letter = page.locator('main a[href*="/letters/"]');
  const receipt = await page.locator('main a[href*="/receipts/"]').getAttribute("href");
  await letter.click();
  await expect(page.locator("main")).toContainText(reference);
  await lookAt(page);
  await page.goto(receipt!);
  await expect(page.locator("main")).toContainText(reference);
  await lookAt(page);
  expect(await paperWidths(page), "the receipt prints on a roll of 80 mm").toEqual([80]);
  await page.goto(receipt! + "?in=ar");
  await lookAt(page);

  // At home, on another machine.
  const context = await browser.newContext({ baseURL });
  const home = await context.newPage();
  await home.goto("/track");
  await lookAtInEach(home);
  const ask = async (reference: string, year: string, code: string) => {
    await home.goto("/track");
    await home.locator('input[name="reference"]').fill(reference);
    const [day, month] = birthday(named(), FAMILY[0].birth);
    await home.locator('input[name="birth-day"]').fill(day);
    await home.locator('input[name="birth-month"]').fill(month);
    await home.locator('input[name="birth-year"]').fill(year);
    await home.locator('input[name="pin"]').fill(code);
    await home.locator('main form[action="/track"] button').click();
  };
  await ask(reference, "1989", pin);
  await expect(home).toHaveTitle(/^Error:/);
  const wrongDate = await home.locator(".govuk-error-summary").innerText();
  await ask("SP-0000-0000", "1988", pin);
  expect(await home.locator(".govuk-error-summary").innerText()).toBe(wrongDate);
  await ask(reference, "1988", pin);
  await expect(home).toHaveURL(/\/track\/status$/);
  await expect(home.locator("main")).toContainText(reference);
  await lookAtInEach(home);
  await context.close();

  await page.goto("/");
  await page.locator('form[action="/sign-out"] button').click();
  await page.goto("/account");
  await expect(page).toHaveURL(/sign-in/);
});
