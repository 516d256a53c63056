// Somebody acts for a household, at a machine in the office that many people use one after another.
import { expect, lookAt, lookAtInEach, signIn, test } from "../journey.ts";
import { named, register } from "../family.ts";

test("a neighbour sees for the household where it stands, and the machine forgets it", async ({ page, browser, baseURL }) => {
  await signIn(page, "counter");
  const { reference } = await register(page, named());
  const begin = await page.locator('form[action$="/assessments"]').getAttribute("action");
  await page.goto(begin!.replace(/\/assessments$/, ""));
  await page.locator('nav a[href$="/consents"]').click();
  await page.locator('a[href$="/representatives"]').click();
  await lookAt(page);

  // Sent with half of it, the page says what is missing and keeps the rest.
  await page.locator('input[name="name"]').fill("Fatuma Ndayizeye");
  await page.locator('input[name="birth-year"]').fill("1979");
  await page.locator("main form:last-of-type button").last().click();
  await expect(page).toHaveTitle(/^Error:/);
  await expect(page.locator('input[name="name"]')).toHaveValue("Fatuma Ndayizeye");
  await lookAt(page);
  await page.locator('input[name="tie"][value="neighbour"]').check();
  await page.locator('input[name="reach"][value="see"]').check();
  const until = new Date(Date.now() + 100 * 86_400_000);
  await page.locator('input[name="until-day"]').fill(`${until.getUTCDate()}`);
  await page.locator('input[name="until-month"]').fill(`${until.getUTCMonth() + 1}`);
  await page.locator('input[name="until-year"]').fill(`${until.getUTCFullYear()}`);
  await page.locator('input[name="agreed_by"]').first().check();
  await page.locator("main form:last-of-type button").last().click();
  const slip = page.locator(".app-receipt bdi");
  await expect(slip).toHaveCount(2);
  const [own, pin] = await slip.allInnerTexts();
  await lookAt(page);

  const context = await browser.newContext({ baseURL });
  const machine = await context.newPage();
  await machine.goto("/track?kiosk");
  await lookAtInEach(machine);
  await machine.locator('input[name="reference"]').fill(own);
  await machine.locator('input[name="birth-year"]').fill("1979");
  await machine.locator('input[name="pin"]').fill(pin);
  await machine.locator('main form[action="/track"] button').click();
  await expect(machine).toHaveURL(/\/track\/status$/);
  await expect(machine.locator("main")).toContainText("Fatuma Ndayizeye");
  await expect(machine.locator("main")).toContainText(reference);
  await expect(machine.locator('main a[href="/track/letter"]')).toHaveCount(0);
  await lookAtInEach(machine);
  // Nobody touches it: the page goes there by itself after ninety seconds.
  await expect(machine.locator("head noscript")).toHaveCount(1);
  await machine.goto("/track/idle");
  await expect(machine).toHaveURL(/\/track\?kiosk=true$/);
  expect((await context.cookies()).filter((kept) => kept.expires > 0), "nothing is kept").toEqual([]);
  await machine.goto("/track/status");
  await expect(machine).toHaveURL(/\/track$/);
  await context.close();
});
