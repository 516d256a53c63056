// A service is found by its need on a telephone, an officer sends somebody there with consent, the first provider has no place,
// the next one takes her, and she says herself that she got it.
import { expect, lookAt, lookAtInEach, PASSWORD, signIn, test } from "../journey.ts";
import { FAMILY, birthday, named, register } from "../family.ts";
import type { Browser, Page } from "@playwright/test";

/** An account of a provider, made by the administrator, and a page on which it is signed in. */
async function officerOf(browser: Browser, baseURL: string, admin: Page, provider: string): Promise<Page> {
  const login = `${provider.toLowerCase()}.${Date.now()}`.replace("prv-", "p");
  await admin.goto("/staff/new");
  await admin.locator('input[name="name"]').fill(`Officer of ${provider}`);
  await admin.locator('input[name="login"]').fill(login);
  await admin.locator('input[name="language"][value="en"], select[name="language"]').first().evaluate((e: any) => {
    if (e.tagName === "SELECT") e.value = "en";
    else e.checked = true;
  });
  await admin.locator('input[name="password"]').fill(PASSWORD);
  await admin.locator('select[name="role"]').selectOption("provider_officer");
  await admin.locator('select[name="place"]').selectOption(`provider:${provider}`);
  await admin.locator("main form button").last().click();
  await expect(admin).not.toHaveURL(/\/staff\/new$/);
  const page = await (await browser.newContext({ baseURL })).newPage();
  await signIn(page, login);
  return page;
}

// What stands folded opens without a script.
async function act(page: Page, name: string, field?: string, value?: string) {
  const form = page.locator(`form:has(input[name="act"][value="${name}"])`);
  const fold = page.locator(`details:has(input[name="act"][value="${name}"])`);
  if ((await fold.count()) && (await fold.getAttribute("open")) === null) await fold.locator("summary").click();
  if (field) await form.locator(`input[name="${field}"][value="${value}"]`).check();
  await form.locator("button").click();
  await expect(page.locator(".govuk-notification-banner")).toBeVisible();
}

test("somebody is sent to a service and says herself that she got it", async ({ page, browser, baseURL }) => {
  const home = await browser.newContext({ baseURL, viewport: { width: 320, height: 700 } });
  const phone = await home.newPage();
  await phone.goto("/services");
  await lookAtInEach(phone);
  await phone.locator('input[name="q"]').fill("avocat");
  await phone.locator('select[name="area"]').selectOption("P01-D1-C1");
  await phone.locator('main form[action="/services"] button').click();
  await expect(phone).toHaveURL(/q=avocat/);
  await expect(phone.locator("#found")).toContainText("2");
  await lookAtInEach(phone);
  await phone.locator('main li a[href^="/services/"]').first().click();
  await expect(phone.locator('main a[href^="tel:"]')).toHaveCount(1);
  await lookAtInEach(phone);

  await signIn(page, "counter");
  const family = named();
  const { reference, pin } = await register(page, family);
  const begin = await page.locator('form[action$="/assessments"]').getAttribute("action");
  const file = begin!.replace(/\/assessments$/, "");
  await page.goto(`${file}/referrals`);
  await lookAt(page);
  await page.locator('main a[href^="/services?for="]').click();
  await page.locator('input[name="q"]').fill("lawyer");
  await page.locator('main form[action="/services"] button').click();
  await page.locator('main a[href*="place=PLC-22"]').click();
  await lookAt(page);
  await page.locator('input[name="person"]').first().check();
  await page.locator('main form[method="get"] button').click();
  await expect(page.locator("main")).toContainText(`Halima ${family}`);
  await expect(page.locator("main dl")).not.toContainText("Behind the health post");
  await lookAt(page);
  await page.locator('form[method="post"][action$="/referrals/new"] button').click();
  await expect(page.locator(".govuk-notification-banner--success")).toBeVisible();
  const there = page.url().split("?")[0];
  await lookAt(page);

  const admin = await (await browser.newContext({ baseURL })).newPage();
  await signIn(admin, "admin");
  const first = await officerOf(browser, baseURL!, admin, "PRV-16");
  await first.goto("/referrals");
  await lookAt(first);
  await first.locator("main table a", { hasText: family }).click();
  await lookAt(first);
  await act(first, "reject", "reject", "no_place");
  await expect(first).toHaveURL(/\/referrals\?done=went_on$/);
  await expect(first.locator("main")).not.toContainText(family);

  const second = await officerOf(browser, baseURL!, admin, "PRV-17");
  await second.goto("/referrals?part=new");
  await second.locator("main table a", { hasText: family }).click();
  await act(second, "accept");
  await act(second, "begin");
  await lookAt(second);
  await act(second, "complete", "outcome", "given");
  const expected = second.url().split("?")[0];

  const [day, month] = birthday(family, FAMILY[0].birth);
  await phone.goto("/track");
  await phone.locator('input[name="reference"]').fill(reference);
  await phone.locator('input[name="birth-day"]').fill(day);
  await phone.locator('input[name="birth-month"]').fill(month);
  await phone.locator('input[name="birth-year"]').fill(FAMILY[0].birth[2]);
  await phone.locator('input[name="pin"]').fill(pin);
  await phone.locator('main form[action="/track"] button').click();
  await expect(phone).toHaveURL(/\/track\/status$/);
  await expect(phone.locator('form[action="/track/service"]')).toBeVisible();
  await lookAtInEach(phone);
  await phone.locator('form[action="/track/service"] button[value="yes"]').click();
  await expect(phone).toHaveURL(/done=service_yes$/);
  await expect(phone.locator('form[action="/track/service"]')).toHaveCount(0);
  await lookAt(phone);

  // Who served her sees her no more; the office reads how it went.
  await second.goto(expected);
  await expect(second.locator("main")).not.toContainText(family);
  await page.goto(there);
  await lookAt(page);
  await page.locator('main dl a[href*="/referrals/"]').click();
  await expect(page.locator("main")).toContainText("Got it");

  // A keeper says what is so now.
  await second.goto("/services/PLC-23/edit");
  await lookAt(second);
  await second.locator('form:has(input[value="verify"]) button').click();
  await expect(second.locator(".govuk-notification-banner--success")).toBeVisible();
  for (const one of [first, second, admin]) await one.context().close();
  await home.close();
});
