// The way to work: an adult is asked, a course is proposed with its reasons, the plan is agreed, printed and approved by a second
// person, the provider hands in who was there as a list of which a row is faulty at first, and work is found.
import { type Page } from "@playwright/test";
import { named, register } from "../family.ts";
import { expect, lookAt, signIn, signOut, test } from "../journey.ts";

/** What is not named here is answered with the first choice, or 30. */
const SAID: Record<string, string> = {
  work_status: "looking", wants_work: "yes", work_wish: "job", available_from: "now", care_load: "none", travel_limit: "anywhere",
  can_do: "isco_71", work_limits: "none", health_first: "no", papers_missing: "no", needs_access: "no", hours_week: "40", work_goal: "any_work",
};

/** Answers the pages of the profile until all are. */
async function profile(page: Page) {
  for (let number = 0; /\/profile\//.test(page.url()); number++) {
    expect(number, "pages without end").toBeLessThan(15);
    if (number === 0) await lookAt(page);
    for (const question of await page.locator("fieldset[data-question]").all()) {
      if (!(await question.isVisible())) continue;
      const id = (await question.getAttribute("data-question"))!;
      const said = SAID[id];
      const choices = question.locator('input[type="radio"], input[type="checkbox"]:not([name$="state"])');
      if (await choices.count()) {
        const one = said ? question.locator(`input[value="${said}"]`).first() : choices.first();
        if (!(await one.isChecked())) await one.check();
      } else if (await question.locator("select").count()) {
        await question.locator("select").selectOption(said ?? { index: 1 });
      } else if (await question.locator('input[type="text"]').count()) {
        await question.locator('input[type="text"]').first().fill(said ?? "30");
      }
    }
    await page.locator('main form#questions button[type="submit"]').click();
    await expect(page).not.toHaveTitle(/^Error:/);
  }
}

const today = () => {
  const now = new Date();
  return [`${now.getUTCDate()}`, `${now.getUTCMonth() + 1}`, `${now.getUTCFullYear()}`];
};

async function day(page: Page, name: string, [day, month, year]: string[]) {
  await page.locator(`input[name="${name}-day"]`).fill(day);
  await page.locator(`input[name="${name}-month"]`).fill(month);
  await page.locator(`input[name="${name}-year"]`).fill(year);
}

test("an adult is asked about work, agrees a plan, follows it and finds work", async ({ page }) => {
  const family = named();
  await signIn(page, "counter");

  await page.goto("/board");
  await page.getByRole("button", { name: "Announce something" }).click();
  await page.locator('button[name="act"]').click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  await page.locator('input[name="kind"][value="course"]').check();
  await page.locator('input[name="title"]').fill(`Bricklaying ${family}`);
  await page.locator('select[name="provider"]').selectOption("PRV-01");
  await page.locator('select[name="area"]').selectOption({ index: 1 });
  await page.locator('input[name="skills"][value="isco_71"]').check();
  await page.locator('input[name="hours"]').fill("30");
  await page.locator('input[name="places"]').fill("2");
  await day(page, "last", ["31", "12", `${new Date().getUTCFullYear() + 1}`]);
  await page.locator('button[name="act"]').click();
  await expect(page.locator("main")).toContainText("It is announced.");
  await lookAt(page);

  const { reference } = await register(page, family);
  await page.locator('main a[href^="/households/"]').first().click();
  const household = /\/households\/([0-9a-f-]+)/.exec(page.url())![1];
  await page.goto(`/households/${household}/plan`);
  await expect(page.locator("main tbody tr")).toHaveCount(2);
  await lookAt(page);
  await page.getByRole("link", { name: `Halima ${family}` }).click();
  const person = page.url().split("?")[0];
  await page.getByRole("button", { name: "Ask about work" }).click();
  await profile(page);
  await page.getByRole("button", { name: "The answers are complete" }).click();
  await expect(page.locator("main")).toContainText("Ready for work");
  await lookAt(page);

  await page.getByRole("button", { name: "Draft the plan" }).click();
  await expect(page).toHaveTitle(/^Error:/);
  await page.locator('textarea[name="goal"]').fill("Build houses and earn for the children");
  await page.getByRole("button", { name: "Draft the plan" }).click();
  await page.getByRole("button", { name: "Add a step" }).click();
  const proposal = page.locator("main section").filter({ hasText: `Bricklaying ${family}` });
  await expect(proposal).toContainText(/(86|100) of 100/);
  await expect(proposal).toContainText("Skills: fits Building");
  await expect(proposal).toContainText("Hours: fits 30 hours a week");
  await lookAt(page);
  await proposal.getByRole("button", { name: "Take a place" }).click();
  await expect(page.locator("main table").first()).toContainText(`Bricklaying ${family}`);

  await page.goto(`${person}/print?lang=en`);
  await expect(page.locator("article.app-letter")).toContainText("My plan for work");
  await expect(page.locator("article.app-letter")).toContainText("Build houses and earn for the children");
  await lookAt(page);
  await page.goto(person);
  await day(page, "on", today());
  await page.getByRole("button", { name: "Record the signature" }).click();
  await expect(page.locator("main")).toContainText("Signed, waits for a second person");
  await expect(page.getByRole("button", { name: "Agree" })).toHaveCount(0);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto(person);
  await lookAt(page);
  await page.getByRole("button", { name: "Agree", exact: true }).click();
  await expect(page.locator("main")).toContainText("The plan is agreed to and followed from today.");
  await signOut(page);

  await signIn(page, "counter");
  await page.goto(person);
  await page.getByText("Something happened to a step").click();
  await page.locator('select[name="step"]').selectOption({ index: 1 });
  await page.locator('select[name="event"]').selectOption("begin");
  await page.locator('form:has(select[name="step"]) button').click();
  await expect(page.locator("main")).toContainText("The step is recorded.");
  await signOut(page);

  await signIn(page, "provider");
  await page.goto("/records");
  await page.locator('main a[href^="/records/work-plan/"]').first().click();
  await expect(page.locator("main")).toContainText(`Halima ${family}`);
  await lookAt(page);
  const sheet = page.url();
  await page.goto(`${sheet}/list`);
  const upload = async (said: string) => {
    const text = `reference;name;attendance;good cause\r\n${reference};Halima ${family};${said};`;
    await page.locator('input[name="file"]').setInputFiles({ name: "month.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Look at the file" }).click();
  };
  await upload("often");
  await expect(page.locator("main")).toContainText("Nothing was written. Rows to be corrected: 1.");
  await upload("90");
  await page.getByRole("button", { name: "Hand in these records" }).click();
  await expect(page.locator("main")).toContainText("The records are handed in");
  await page.goto(person);
  await expect(page.locator("h1")).not.toContainText("Halima");
  await signOut(page);

  await signIn(page, "counter");
  await page.goto(person);
  await expect(page.locator("main")).toContainText("90% present");
  await page.getByRole("button", { name: "The person found work" }).click();
  await page.getByRole("button", { name: "Write it down" }).click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  await page.locator('input[name="kind"][value="employed"]').check();
  await page.locator('input[name="employer"]').fill("Builders of the valley");
  await page.locator('select[name="contract"]').selectOption("fixed_term");
  await day(page, "from", today());
  await page.locator('input[name="hours"]').fill("40");
  await page.getByRole("button", { name: "Write it down" }).click();
  await expect(page.locator("main")).toContainText("The work is written down.");
  await expect(page.locator("main")).toContainText("after 13 weeks: asked from");
  await expect(page.locator("main")).toContainText("Builders of the valley");
  await lookAt(page);
  await page.locator('input[name="found"][value="not_reached"]').check();
  await page.getByRole("button", { name: "Record the answer" }).click();
  await expect(page.locator("main")).toContainText("after 13 weeks: Not reached");
  await page.goto("/employment");
  await lookAt(page);
});
