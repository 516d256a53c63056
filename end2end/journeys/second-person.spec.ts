// An officer finds a verdict wrong, and a second person decides: the override, its task, its clock.
import { assess } from "../assessment.ts";
import { named, register } from "../family.ts";
import { expect, lookAt, signIn, signOut, test } from "../journey.ts";
import { type Page } from "@playwright/test";

test("what an officer changes by hand waits for a supervisor, and the letter tells it", async ({ page }) => {
  await signIn(page, "counter");
  await register(page, named());
  await page.locator('form[action$="/assessments"] button').click();
  await assess(page);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/results\//);
  const results = page.url();
  const household = /households\/([^/]+)\//.exec(results)![1];

  // A programme that the rules refuse.
  await page.goto(`/households/${household}/decisions`);
  const refused = page.locator("main tbody tr").filter({ has: page.locator(".govuk-tag").getByText("No", { exact: true }) });
  const link = refused.first().locator('a[href^="/decisions/"]');
  const programme = await link.innerText();
  await link.click();
  await lookAt(page);
  await page.locator('a[href$="/override"]').click();
  const address = page.url();

  // Sent without a word: told what is missing, and nothing is proposed.
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  await page.locator('input[name="outcome"][value="award"]').check();
  if (await page.locator('input[name="amount"]').count()) {
    await page.locator('input[name="amount"]').fill("1200");
    await page.locator('input[name="period"][value="month"]').check();
  }
  await page.locator('input[name="code"]').first().check();
  await page.locator('textarea[name="reason"]').fill("The roof fell in last week; the questions do not ask it.");
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/proposals\//);
  const proposal = new URL(page.url()).pathname;
  await lookAt(page);
  // The one who proposes cannot answer.
  await expect(page.locator('input[name="answer"]')).toHaveCount(0);
  await page.goto(address);
  await expect(page.locator('textarea[name="reason"]')).toHaveCount(0);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto("/tasks?view=available");
  await lookAt(page);
  await page.goto(proposal);
  await lookAt(page);
  await page.locator('input[name="answer"][value="approve"]').check();
  await page.locator('textarea[name="note"]').fill("Seen the house.");
  await page.locator('main form button:not([name="answer"])').last().click();
  await expect(page).toHaveURL(/\/proposals\?done=approved$/);
  await lookAt(page);
  await page.goto(proposal);
  await expect(page.locator('input[name="answer"]')).toHaveCount(0);
  await lookAt(page);
  await signOut(page);

  await signIn(page, "counter");
  await page.goto(`/households/${household}/history`);
  await expect(page.locator("main")).toContainText("Decision changed by a person");
  await lookAt(page);
  await page.goto(results);
  await page.locator('main a[href*="/letters/"]').click();
  await expect(page.locator("main section").filter({ hasText: "What you get" })).toContainText(programme);
  await lookAt(page);
});
