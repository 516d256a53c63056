// The desk: a list narrowed and saved, a task that waits until a day, and many tasks given at once.
import { expect, lookAt, signIn, signOut, test } from "../journey.ts";
import { type Page } from "@playwright/test";

/** Opens what is folded; without JavaScript too a browser folds it. */
async function unfold(page: Page, inside: string) {
  const folded = page.locator("details").filter({ has: page.locator(inside) });
  if (!(await folded.evaluate((details: HTMLDetailsElement) => details.open))) await folded.locator("summary").click();
}

test("a list is saved, a task sleeps until its day, and a supervisor gives several at once", async ({ page, engine }) => {
  const name = `Due first ${engine} ${Date.now()}`;
  // Two kinds of browser may do this at once: each takes tasks of its own.
  const scripts = test.info().project.use.javaScriptEnabled !== false;
  // The demo's terms that ran out wait for a supervisor; the worker finds them in its first round.
  await signIn(page, "supervisor");
  await expect(async () => {
    await page.goto("/tasks?view=available");
    expect(await page.locator('main form:has(input[value="claim"])').count()).toBeGreaterThan(9);
  }).toPass({ timeout: 90_000 });
  await page.goto("/tasks?view=available");
  await lookAt(page);
  await unfold(page, 'select[name="order"]');
  await page.locator('select[name="order"]').selectOption("due");
  await page.locator('main form[action="/tasks"] button').click();
  await expect(page).toHaveURL(/view=available.*order=due/);
  await page.locator('main a[href^="/tasks/views"]').click();
  await page.locator('form input[name="name"]').first().fill(name);
  await page.locator('main form:has(input[value="save"]) button').click();
  await expect(page).toHaveURL(/done=save/);
  await lookAt(page);
  await page.goto("/tasks?view=mine");
  await page.locator("main a").getByText(name, { exact: true }).click();
  await expect(page).toHaveURL(/view=available&order=due$/);

  // Taken, and put on hold until a day.
  await page.locator('main form:has(input[value="claim"]) button').nth(scripts ? 0 : 6).click();
  await expect(page).toHaveURL(/done=claim$/);
  const task = new URL(page.url()).pathname;
  await unfold(page, 'input[value="hold"]');
  await page.locator('form:has(input[name="act"][value="hold"]) button').click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  const day = new Date(Date.now() + 5 * 24 * 3600 * 1000);
  await page.locator('input[name="hold"][value="paper"]').check();
  await page.locator('input[name="until-day"]').fill(String(day.getUTCDate()));
  await page.locator('input[name="until-month"]').fill(String(day.getUTCMonth() + 1));
  await page.locator('input[name="until-year"]').fill(String(day.getUTCFullYear()));
  await page.locator('form:has(input[name="act"][value="hold"]) textarea').fill("The card of the eldest");
  await page.locator('form:has(input[name="act"][value="hold"]) button').click();
  await expect(page).toHaveURL(/done=hold$/);
  await expect(page.locator("main")).toContainText("The card of the eldest");
  await page.goto("/tasks?view=mine");
  await expect(page.locator(`main a[href="${task}"]`)).toHaveCount(0);
  await page.goto("/tasks?view=hold");
  await expect(page.locator(`main a[href="${task}"]`)).toHaveCount(1);
  await lookAt(page);
  await page.goto(`/tasks?view=team&order=${scripts ? "newest" : "oldest"}`);
  await lookAt(page);
  const boxes = page.locator('input[name="task"]');
  const chosen = Math.min(2, await boxes.count());
  expect(chosen).toBeGreaterThan(0);
  for (let place = 0; place < chosen; place++) await boxes.nth(place).check();
  await page.locator('form#give button').click();
  await expect(page).toHaveURL(/\/tasks\/give\?/);
  await lookAt(page);
  await page.locator('main form button[type="submit"]').last().click();
  await expect(page.locator(".govuk-error-summary")).toHaveCount(1);
  await page.locator('input[name="to"]').first().check();
  await page.locator('main form button[type="submit"]').last().click();
  await lookAt(page);
  await page.locator('main form[method="post"] button').click();
  await expect(page).toHaveURL(/view=team&done=given&number=/);
  await lookAt(page);
  await signOut(page);

  // An officer gives nobody anything.
  await signIn(page, "counter");
  await page.goto("/tasks?view=available");
  await expect(page.locator('input[name="task"]')).toHaveCount(0);
  await page.goto("/tasks/give");
  await expect(page.locator("main form")).toHaveCount(0);
});
