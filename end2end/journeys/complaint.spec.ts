// An anonymous complaint, from a telephone without JavaScript to its answer: written, acknowledged, given to an officer,
// asked about, answered, signed by somebody else, and read with code and PIN. Then one about fraud, which the office never sees.
import { expect, lookAt, lookAtInEach, signIn, test } from "../journey.ts";
import type { Page } from "@playwright/test";

async function complain(phone: Page, category: string, what: string) {
  await phone.goto("/complain");
  await phone.locator(`input[name="category"][value="${category}"]`).check();
  await phone.locator('select[name="office"]').selectOption("OFF-01");
  await phone.locator('textarea[name="what"]').fill(what);
  await phone.locator('input[name="identity"][value="anonymous"]').check();
  await phone.locator('main form[action="/complain"] button').click();
  const [code, pin] = [await phone.locator("#code").innerText(), await phone.locator("#pin").innerText()];
  expect(code).toMatch(/^SP-/);
  expect(pin).toMatch(/^\d{6}$/);
  return { code, pin };
}

async function enter(phone: Page, { code, pin }: { code: string; pin: string }) {
  await phone.goto("/complain/status");
  await phone.locator('input[name="code"]').fill(code.toLowerCase());
  await phone.locator('input[name="pin"]').fill(pin);
  await phone.locator("main form button").first().click();
  await expect(phone.locator("main")).toContainText(code);
}

// What the desk offers lies folded; a fold opens without a script.
async function act(desk: Page, name: string, fill?: (form: ReturnType<Page["locator"]>) => Promise<void>) {
  const fold = desk.locator(`details:has(input[name="act"][value="${name}"])`);
  if ((await fold.getAttribute("open")) === null) await fold.locator("summary").click();
  const form = fold.locator("form");
  await fill?.(form);
  await form.locator("button").click();
  await expect(desk.locator(".govuk-notification-banner")).toBeVisible();
}

test("an anonymous complaint from a telephone to its answer", async ({ page, browser, baseURL }) => {
  const home = await browser.newContext({ baseURL, viewport: { width: 320, height: 700 } });
  const phone = await home.newPage();
  await phone.goto("/complain");
  await lookAtInEach(phone);
  await phone.locator('main form[action="/complain"] button').click();
  await expect(phone).toHaveTitle(/^Error:/);
  await lookAt(phone);
  const told = `Nothing came in October ${Date.now()}.`;
  const own = await complain(phone, "payment_delay", told);
  await lookAt(phone);

  await signIn(page, "supervisor");
  await page.goto(`/complaints?code=${own.code}`);
  await expect(page.locator("main")).toContainText(told);
  const there = page.url();
  await lookAt(page);
  await act(page, "acknowledge");
  await act(page, "triage");
  await act(page, "assign", (form) => form.locator('select[name="to"]').selectOption({ label: "Amina Keita" }).then(() => {}));
  await page.goto("/complaints");
  await lookAt(page);

  const counter = await (await browser.newContext({ baseURL })).newPage();
  await signIn(counter, "counter");
  await counter.goto(there);
  await act(counter, "begin");
  await act(counter, "ask", (form) => form.locator("textarea").fill("Which agent?"));

  await enter(phone, own);
  await expect(phone.locator("main")).toContainText("Which agent?");
  await lookAtInEach(phone);
  await phone.locator("textarea#words").fill("The one at the market.");
  await phone.locator('form:has(textarea#words) button').click();

  await counter.goto(there);
  await expect(counter.locator("main")).toContainText("The one at the market.");
  await act(counter, "propose", async (form) => {
    await form.locator('input[name="outcome"][value="upheld"]').check();
    await form.locator('textarea[name="words"]').fill("The agent was closed. It is paid at the other one now.");
  });
  await expect(counter.locator('input[name="act"][value="resolve"]')).toHaveCount(0);
  await page.goto(there);
  await act(page, "resolve");

  // The visit goes on.
  await phone.goto("/complain/status");
  await expect(phone.locator("main")).toContainText("It is paid at the other one now.");
  await lookAtInEach(phone);
  await phone.locator('button[value="content"]').click();
  await expect(phone.locator("main")).toContainText("Closed");
  await phone.locator('form:has(input[name="act"][value="leave"]) button').click();
  await expect(phone.locator("main")).not.toContainText(told);

  // What accuses the office is not the office's to read.
  const secret = await complain(phone, "fraud", "He asked for a share.");
  await page.goto(`/complaints?code=${secret.code}`);
  await expect(page).toHaveURL(/\/complaints\?code=/);
  await expect(page.locator(".govuk-error-summary")).toBeVisible();
  const ombudsman = await (await browser.newContext({ baseURL })).newPage();
  await signIn(ombudsman, "ombudsman");
  await ombudsman.goto(`/complaints?code=${secret.code}`);
  await expect(ombudsman.locator("main")).toContainText("He asked for a share.");
  await lookAt(ombudsman);
  await ombudsman.context().close();
  await counter.context().close();
  await home.close();
});
