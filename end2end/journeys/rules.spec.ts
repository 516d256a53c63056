// Two people take a change of the rules from its draft through a shut gate, its examples and its effect to its day.
import { assess } from "../assessment.ts";
import { named, register } from "../family.ts";
import { expect, lookAt, lookAtInEach, signIn, signOut, test } from "../journey.ts";
import { type Page } from "@playwright/test";

/** Replaces a part of the document that is chosen. */
async function edit(page: Page, change: string, name: string, from: string, to: string) {
  await page.goto(`${change}/document?name=${encodeURIComponent(name)}`);
  const text = page.locator('textarea[name="text"]');
  const before = await text.inputValue();
  expect(before, name).toContain(from);
  await text.fill(before.replace(from, to));
  await page.locator('main form button[type="submit"]').click();
}

/** Registers and assesses a family; ends on its results, whose address it gives. */
async function decided(page: Page, family: string): Promise<string> {
  await signIn(page, "counter");
  await register(page, family);
  await page.locator('form[action$="/assessments"] button').click();
  await assess(page);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/results\//);
  return page.url();
}

/** The rice help in these results. */
async function rice(page: Page, results: string) {
  await page.goto(results);
  return page.locator(".govuk-summary-card").filter({ has: page.getByRole("heading", { name: "Rice help", exact: true }) });
}

test("a figure is raised by two people, comes into force on its day, and leaves what was decided before it explained as it was", async ({ page }) => {
  const before = await decided(page, named());
  await expect(await rice(page, before)).toContainText(/600\sKSF/);
  await signOut(page);

  await signIn(page, "policy");
  await page.goto("/policy/new");
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  const today = new Date();
  await page.locator('input[name="title"]').fill("Rice, higher rate");
  await page.locator('textarea[name="why"]').fill("The price of rice rose by a twelfth.");
  await page.locator('input[name="live_on-day"]').fill(String(today.getUTCDate()));
  await page.locator('input[name="live_on-month"]').fill(String(today.getUTCMonth() + 1));
  await page.locator('input[name="live_on-year"]').fill(String(today.getUTCFullYear()));
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/policy\/[0-9a-f-]{36}$/);
  const change = new URL(page.url()).pathname;
  await lookAtInEach(page);

  // What cannot be read is told by line, and stays in the field.
  const day = today.toISOString().slice(0, 10);
  const rate = `rice, 600 a month"\nvalues = [{ from = 2026-01-01, value = 600 }]`;
  const raised = (value: string) => `rice, 600 a month"\nvalues = [${value}]`;
  await edit(page, change, "parameters.toml", rate, raised(`{ from = 2026-01-01, value = "plenty" }`));
  await expect(page).toHaveTitle(/^Error:/);
  await expect(page.locator("main")).toContainText("parameters.toml, line ");
  await expect(page.locator('textarea[name="text"]')).toHaveValue(/plenty/);
  await lookAt(page);
  await edit(page, change, "parameters.toml", rate, raised(`{ from = 2026-01-01, value = 600 }, { from = ${day}, value = 650 }`));
  await expect(page).toHaveURL(/done=edited/);

  // A condition more, put into the rule by its page: of it no example tells anything, and that shuts a gate.
  const programme = `${change}/programmes/rice-help`;
  await page.goto(programme);
  await expect(page.locator("main")).toContainText("A household qualifies when");
  await lookAtInEach(page);
  await page.goto(`${programme}/conditions/root/new?fact=household_size`);
  await page.locator('input[name="op"][value=">="]').check();
  await page.locator('input[name="limit"]').fill("1");
  await page.locator('input[name="limit"]').press("Enter");
  await expect(page).toHaveURL(/done=added/);
  await expect(page.locator("#tree ~ ul").first()).toContainText("household_size");
  const paper = "/policy/documents/print?name=programmes/rice-help.toml&number=1";
  for (const part of [`${programme}/examples`, `${programme}/words`, `${programme}/amount`, `${change}/links`, paper]) {
    await page.goto(part);
    await lookAt(page);
  }
  await page.goto(change);
  await expect(page.locator("main")).toContainText("A condition is added:");
  await expect(page.locator("main")).toContainText("the condition household_size has no example in which it does not hold");
  await page.locator('button[name="act"][value="submit"]').click();
  await expect(page.locator("main")).toContainText("A gate does not let the change through");
  await lookAt(page);
  await page.locator("tr").filter({ hasText: "rice-help" }).locator('button[value="take_out"]').click();
  await expect(page).toHaveURL(/done=taken_out/);
  await page.locator('button[name="act"][value="submit"]').click();
  await expect(page).toHaveURL(/done=submitted/);
  await expect(page.locator('button[value="approve"]')).toHaveCount(0);
  await lookAt(page);
  await signOut(page);

  await signIn(page, "policy2");
  await page.goto(change);
  await page.locator('button[name="act"][value="approve"]').click();
  await expect(page.locator("main")).toContainText("It was not worked out yet what the change would do.");
  await page.locator('button[name="act"][value="simulate"]').click();
  await expect(async () => {
    await page.goto(change);
    await expect(page.locator("#effect ~ p").first()).toContainText("Worked out on", { timeout: 1000 });
  }).toPass();
  await lookAtInEach(page);
  await page.locator('button[name="act"][value="approve"]').click();
  await expect(page).toHaveURL(/done=approved/);
  // On its day it comes into force by itself.
  await expect(async () => {
    await page.goto(change);
    await expect(page.locator(".govuk-summary-list .govuk-tag")).toHaveText("In force", { timeout: 1000 });
  }).toPass({ timeout: 120_000 });
  await lookAt(page);
  await page.goto("/policy/documents/versions?name=parameters.toml");
  await expect(page.locator("main tbody tr")).toHaveCount(2);
  await expect(page.locator("main")).toContainText("Earlier");
  await lookAtInEach(page);
  await page.locator("main tbody tr a").first().click();
  await expect(page.locator("pre")).toContainText(`{ from = ${day}, value = 650 }`);
  await lookAt(page);
  await signOut(page);

  // Who is decided now has the new figure; the decision before it stays explained by the old one.
  const after = await decided(page, [...named()].reverse().join(""));
  await expect(await rice(page, after)).toContainText(/650\sKSF/);
  const old = await rice(page, before);
  await expect(old).toContainText(/600\sKSF/);
  await old.locator('a[href^="/decisions/"]').click();
  await expect(page.locator("main")).toContainText(/600\sKSF/);
  await expect(page.locator("main")).not.toContainText(/650\sKSF/);
});
