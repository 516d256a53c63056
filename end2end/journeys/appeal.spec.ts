// An appeal from a printed letter through a different officer and the tribunal to a changed award that is paid back from its
// date; and the same officer, who tries to decide about the own decision.
import { assess } from "../assessment.ts";
import { named, register } from "../family.ts";
import { expect, lookAt, signIn, signOut, test } from "../journey.ts";
import { type Page } from "@playwright/test";

const sent = (page: Page, act: string) => page.locator(`form:has(input[name="act"][value="${act}"]) button[type="submit"]`);

/** Registers and assesses a family; gives the reference on its letter and the programme that was refused. */
async function refused(page: Page) {
  await signIn(page, "counter");
  const { reference } = await register(page, named());
  await page.locator('form[action$="/assessments"] button').click();
  await assess(page);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/results\//);
  const household = /households\/([^/]+)\//.exec(page.url())![1];
  await page.locator('main a[href*="/letters/"]').click();
  await expect(page.locator("main")).toContainText(reference);
  await page.goto(`/households/${household}/decisions`);
  const row = page.locator("main tbody tr").filter({ has: page.locator(".govuk-tag").getByText("No", { exact: true }) });
  const link = row.first().locator('a[href^="/decisions/"]');
  const decision = (await link.getAttribute("href"))!;
  return { reference, household, decision, programme: await link.innerText() };
}

/** Lodges it from the reference on the letter, as somebody does who stands at the counter with it. */
async function lodged(page: Page, reference: string, programme: string, look = false) {
  await page.goto("/appeals");
  if (look) await lookAt(page);
  await page.locator('input[name="reference"]').fill(reference.toLowerCase());
  await page.locator('form[action="/appeals"] button').click();
  await expect(page).toHaveURL(/\/appeals\/[^/]+\/new$/);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveTitle(/^Error:/);
  if (look) await lookAt(page);
  await page.getByRole("checkbox", { name: programme }).first().check();
  await page.locator('textarea[name="grounds"]').fill("The roof fell in, and nobody asked about it.");
  await page.locator('input[name="hearing"][value="yes"]').check();
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/appeals\/[^/]+\/[^/]+\?done=lodged$/);
  return new URL(page.url()).pathname;
}

/** What shall hold instead of the first issue. */
async function instead(page: Page) {
  await page.locator('input[name="remedy-0"][value="award"]').check();
  if (await page.locator('input[name="amount-0"]').count()) {
    await page.locator('input[name="amount-0"]').fill("1200");
    await page.locator('input[name="period-0"][value="month"]').check();
  }
}

test("an appeal goes from a printed letter over another officer and the tribunal to an award from its first day", async ({ page }) => {
  const { reference, household, decision, programme } = await refused(page);
  const appeal = await lodged(page, reference, programme, true);
  await lookAt(page);
  await page.goto(`${appeal}/letters/acknowledgement?in=ar`);
  await expect(page.locator("article.app-letter")).toContainText(reference);
  await lookAt(page);
  await signOut(page);

  // Another officer of the office, who took no part, leaves it as it was: by itself it is the tribunal's.
  await signIn(page, "counter2");
  await page.goto("/appeals");
  await lookAt(page);
  await page.locator(`a[href="${appeal}"]`).click();
  await sent(page, "reconsider").click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  await page.locator('input[name="finding-0"][value="upheld"]').check();
  await page.locator('textarea[name="why-0"]').fill("The questions do not ask it.");
  await sent(page, "reconsider").click();
  await expect(page.locator("main")).toContainText("With the tribunal");
  await lookAt(page);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto(appeal);
  await page.locator('textarea[name="words"]').first().fill("We decided by what was asked.");
  await sent(page, "respond").click();
  await expect(page).toHaveURL(/done=respond$/);
  await signOut(page);

  await signIn(page, "tribunal");
  await page.goto("/appeals");
  await lookAt(page);
  await page.locator(`a[href="${appeal}"]`).click();
  await sent(page, "take").click();
  await expect(page).toHaveURL(/done=take$/);
  await lookAt(page);
  await page.goto(`${appeal}/bundle`);
  await expect(page.locator(".app-bundle ol a")).not.toHaveCount(0);
  await expect(page.locator(".app-bundle")).toContainText("The roof fell in, and nobody asked about it.");
  await lookAt(page);
  // Nothing else of the offices is theirs.
  for (const elsewhere of [`/households/${household}`, decision, "/tasks"]) {
    const answer = await page.goto(elsewhere);
    expect([403, 404], elsewhere).toContain(answer!.status());
  }
  await page.goto(appeal);
  const on = (days: number) => new Date(Date.now() + days * 86_400_000);
  const fill = async (day: Date) => {
    await page.locator('input[name="day-day"]').fill(`${day.getUTCDate()}`);
    await page.locator('input[name="day-month"]').fill(`${day.getUTCMonth() + 1}`);
    await page.locator('input[name="day-year"]').fill(`${day.getUTCFullYear()}`);
    await page.locator('input[name="time"]').fill("9:30");
    await page.locator('input[name="how"][value="in_person"]').check();
    await page.locator('input[name="place"]').fill("Room 2, Old Court");
    await sent(page, "list").click();
  };
  await fill(on(5));
  await expect(page.locator(".govuk-error-summary")).toContainText("too late");
  await fill(on(30));
  await expect(page).toHaveURL(/done=list$/);
  await page.goto(`${appeal}/letters/hearing`);
  await expect(page.locator("article.app-letter")).toContainText("Old Court");
  await lookAt(page);
  // The day does not hold; all is said, and it is looked at on the papers.
  await page.goto(appeal);
  const postpone = page.locator("details").filter({ has: page.locator('input[value="postpone"]') });
  await postpone.locator("summary").click();
  await postpone.locator("textarea").fill("The family asks to do without.");
  await sent(page, "postpone").click();
  const papers = page.locator("details").filter({ has: page.locator('input[value="on_paper"]') });
  await papers.locator("summary").click();
  await papers.locator("textarea").fill("Both sides agree to it.");
  await sent(page, "on_paper").click();
  await expect(page).toHaveURL(/done=on_paper$/);
  await lookAt(page);
  await page.locator('input[name="outcome-0"][value="allowed"]').check();
  await instead(page);
  await page.locator('input[name="reason-0"][value="facts_missing"]').check();
  await page.locator('textarea[name="why-0"]').fill("There is no roof.");
  await page.locator('form:has(input[value="determine"]) textarea[name="words"]').fill("The Act asks for a roof.");
  await sent(page, "determine").click();
  await sent(page, "issue").click();
  await expect(page).toHaveURL(/done=issue$/);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto(appeal);
  await sent(page, "implement").click();
  await expect(page).toHaveURL(/done=implement$/);
  await expect(page.locator("main tbody")).toContainText("From ");
  await lookAt(page);
  await page.goto(`${appeal}/letters/outcome`);
  await expect(page.locator("article.app-letter")).toContainText("There is no roof.");
  await lookAt(page);
  await page.goto(`/households/${household}/decisions`);
  const row = page.locator("main tbody tr").filter({ hasText: programme }).first();
  await expect(row.locator(".govuk-tag")).toHaveText("Yes");
  await row.locator("a").first().click();
  await expect(page.locator("main")).toContainText("Holds from");
  await lookAt(page);
});

test("who decided cannot take the task of looking again, nor be given it", async ({ page }) => {
  const { reference, programme } = await refused(page);
  const appeal = await lodged(page, reference, programme);
  await page.goto("/tasks?view=available&kind=reconsider_appeal");
  const task = page.locator("main tbody tr").filter({ hasText: reference }).locator('a[href^="/tasks/"]');
  const address = (await task.first().getAttribute("href"))!;
  await page.goto(address);
  const claim = page.locator('button[name="act"][value="claim"], form:has(input[value="claim"]) button').first();
  await claim.click();
  await expect(page.locator("main")).toContainText(/took part|another person|somebody else/i);
  await page.goto(appeal);
  await expect(page.locator("main")).toContainText("Being looked at again");
});

test("who decided cannot answer the appeal, whatever is sent", async ({ page }) => {
  const { reference, programme } = await refused(page);
  const appeal = await lodged(page, reference, programme);
  // The page does not offer it.
  await expect(page.locator('input[name="finding-0"]')).toHaveCount(0);
  await expect(page.locator("main")).toContainText("took no part");
  // And the service does not take it, sent all the same.
  const withdraw = page.locator('form:has(input[name="act"][value="withdraw"])');
  const version = await withdraw.locator('input[name="version"]').inputValue();
  const answer = await page.request.post(appeal, {
    form: { act: "reconsider", version, "finding-0": "upheld", "why-0": "I was right." },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.status()).toBe(409);
  expect(await answer.text()).toContain("Somebody else must do this");
  await page.goto(appeal);
  await expect(page.locator("main")).toContainText("Being looked at again");
});
