// Two families that look alike, from the counter that lets them pass with a reason to the supervisor's queue: money waits and
// is told as a yes, and begins when they are said to be two. Another two are made one record, and two again.
import { assess } from "../assessment.ts";
import { FAMILY, named, register } from "../family.ts";
import { swift } from "../hand.ts";
import { expect, lookAt, lookAtInEach, signIn, signOut, test } from "../journey.ts";
import { type Page } from "@playwright/test";

/** Those whose day of birth is known: others of the same year in another test's family are not asked about. */
const BORN = FAMILY.filter((member) => member.birth[0]);

/** Registers a family, and one whose name has a letter more: the officer says of each that they are others. */
async function lookAlikes(page: Page, family: string): Promise<[string, string]> {
  const first = (await register(page, family, false, swift, family, BORN)).reference;
  return [first, (await register(page, `${family}h`, false, swift, family, BORN)).reference];
}

async function open(page: Page, reference: string) {
  await page.goto("/search");
  await page.locator('input[name="reference"]').fill(reference);
  await page.locator('main form[action="/search"] button').click();
  await page.locator('main a[href^="/households/"]').filter({ hasText: /./ }).first().click();
  await expect(page).toHaveURL(/\/households\/[^/]+$/);
}

async function say(page: Page, said: string, reason: string) {
  await page.locator(`input[name="said"][value="${said}"]`).check();
  await page.locator('textarea[name="reason"]').fill(reason);
  await page.locator('main form button[type="submit"]').click();
}

test("money waits while a family may be registered twice, and begins when they are two", async ({ page }) => {
  await signIn(page, "counter");
  await lookAlikes(page, named());
  await page.locator('form[action$="/assessments"] button').click();
  await assess(page);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/results\//);
  const results = page.url();
  await expect(page.locator("main")).toContainText("Yes, after a check");
  await lookAt(page);
  await page.locator('main a[href*="/letters/"]').click();
  const waits = page.locator("main section").filter({ hasText: "This is granted to you and waits" });
  await expect(waits).toContainText("we check whether your household is registered twice");
  const programme = await waits.locator("h3").first().innerText();
  await lookAt(page);
  const letter = page.url();
  const household = /households\/([^/]+)\//.exec(results)![1];
  await page.goto(`/households/${household}/decisions`);
  const decision = page.locator("main tbody tr").filter({ hasText: programme }).locator('a[href^="/decisions/"]').first();
  await decision.click();
  await page.locator('a[href$="/begin"]').click();
  const begin = new URL(page.url()).pathname;
  // The one who granted it may neither let it begin nor say that they are two.
  await expect(page.locator('textarea[name="reason"]')).toHaveCount(0);
  await lookAt(page);
  await page.locator('main a[href^="/duplicates/"]').first().click();
  await say(page, "not_same", "I saw both");
  await expect(page.locator(".govuk-error-summary")).toContainText("somebody else must look");
  await lookAt(page);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto("/duplicates");
  await lookAt(page);
  await page.goto(begin);
  await expect(page.locator('textarea[name="reason"]')).toHaveCount(1);
  await lookAt(page);
  const pairs = page.locator('main a[href^="/duplicates/"]');
  // Another journey may register somebody like them meanwhile: until none is left, and each answered one is gone.
  let asked = 0;
  for (let pair = ""; ; asked++) {
    await page.goto(begin);
    if (pair) await expect(page.locator(`main a[href="${pair}"]`)).toHaveCount(0);
    if ((await pairs.count()) === 0) break;
    expect(asked, "pairs without end").toBeLessThan(20);
    pair = (await pairs.first().getAttribute("href"))!;
    await pairs.first().click();
    await expect(page.locator("main")).toContainText("Money that was granted to one of these households waits");
    if (asked === 0) await lookAtInEach(page);
    await say(page, "not_same", "Two families of one village; both mothers were here.");
    await expect(page).toHaveURL(/\/duplicates\?done=said$/);
    if (asked === 0) await lookAt(page);
  }
  expect(asked, "families that look alike").toBeGreaterThan(0);
  await page.goto(begin);
  await expect(page.locator("main")).toContainText("Nothing of this decision waits");
  await page.goto(letter);
  await expect(page.locator("main section").filter({ hasText: "What you get" })).toContainText(programme);
  await expect(page.locator("main")).not.toContainText("registered twice");
  await page.goto(`/households/${household}/history`);
  await expect(page.locator("main")).toContainText("Award began after the check");
  await lookAt(page);
});

test("two records of one family are made one, and two again", async ({ page }) => {
  await signIn(page, "counter");
  const family = named();
  const [first, second] = await lookAlikes(page, family);
  await signOut(page);
  await signIn(page, "supervisor");
  await page.goto("/duplicates");
  const waiting = page.locator("main tbody tr").filter({ hasText: first }).filter({ hasText: second });
  await expect(waiting.first()).toContainText("Very likely the same");
  await waiting.first().locator("a").click();
  await say(page, "same", "One card, one house.");
  await expect(page).toHaveURL(/\/households\/[^/]+\/merge\/[^/]+$/);
  await lookAt(page);
  const merge = page.url();
  // Not made one yet: it waits in the queue.
  await page.goto("/duplicates");
  await expect(waiting.filter({ hasText: "the records are still two" })).toHaveCount(1);
  await page.goto(merge);
  await page.locator('textarea[name="reason"]').fill("The mother came twice.");
  await page.locator('main form button[type="submit"]').last().click();
  await expect(page).toHaveURL(/\/merge\?done=merged$/);
  await lookAt(page);
  await page.goto("/duplicates");
  // Other journeys' families may look like one of them; among themselves nobody waits any more.
  const both = new RegExp(`${family}.*${family}`, "s");
  await expect(page.locator("main tbody tr").filter({ hasText: both })).toHaveCount(0);
  // Both references lead to the one record.
  const [, survivor] = /households\/([^/]+)\/merge/.exec(merge)!;
  for (const reference of [first, second]) {
    await open(page, reference);
    await expect(page).toHaveURL(new RegExp(survivor));
  }
  await page.goto(`/households/${survivor}/merge`);
  const undo = page.locator("main form").filter({ has: page.locator('input[name="act"][value="undo"]') });
  await page.locator("main details summary").first().click();
  await undo.locator('[name="reason"]').fill("They are cousins.");
  await undo.locator("button").click();
  await expect(page).toHaveURL(/\/merge\?done=undone$/);
  await page.goto("/duplicates");
  await expect(waiting.first()).toBeVisible();
  await lookAt(page);
});
