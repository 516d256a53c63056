// The family of five that journeys register: told as at the counter, page by page. `named` makes its people other
// people for each test that shares a database.
import { type Page } from "@playwright/test";
import { expect, lookAt, test } from "./journey.ts";

export type Member = { given: string; sex: "female" | "male"; birth: [string, string, string]; relation?: string };

export const FAMILY: Member[] = [
  { given: "Halima", sex: "female", birth: ["4", "3", "1988"] },
  { given: "Joseph", sex: "male", birth: ["", "", "1985"], relation: "spouse" },
  { given: "Neema", sex: "female", birth: ["17", "8", "2014"], relation: "child" },
  { given: "Baraka", sex: "male", birth: ["2", "11", "2018"], relation: "child" },
  { given: "Asha", sex: "female", birth: ["30", "5", "2024"], relation: "child" },
];

/** A family name that no other test on this database uses. */
export function named(): string {
  const { title, project } = test.info();
  const letters = [...`${project.name}${title}`].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7);
  return `Nduwayo ${letters.toString(26).replace(/[0-9]/g, (digit) => "qrstuvwxyz"[+digit])}`;
}

async function go(page: Page, value: string) {
  await page.locator(`button[name="go"][value="${value}"]`).click();
}

/** Searches, finds nobody, and registers the family; ends on the page that shows reference and PIN. */
export async function register(page: Page, family: string, look = false): Promise<{ reference: string; pin: string }> {
  const glance = async () => { if (look) await lookAt(page); };
  await page.goto("/search");
  await glance();
  await page.locator('input[name="name"]').fill(`Halima ${family}`);
  await page.locator('input[name="birth_year"]').fill("1988");
  await page.locator('main form[action="/search"] button').click();
  await expect(page.locator('form[action="/households/new"]')).toBeVisible();
  await glance();
  await page.locator('form[action="/households/new"] button').click();

  await expect(page).toHaveURL(/\/contact$/);
  await glance();
  await page.locator('select[name="area"]').selectOption({ index: 1 });
  await page.locator('textarea[name="directions"]').fill("Behind the health post, blue door");
  await page.locator('input[name="language"][value="en"]').check();
  await go(page, "next");

  for (const [row, member] of FAMILY.entries()) {
    await expect(page).toHaveURL(new RegExp(`/member-${row + 1}$`));
    const field = (name: string) => page.locator(`[name="member-${row}-${name}"]`);
    await field("given").fill(member.given);
    await field("family").fill(family);
    await page.locator(`[name="member-${row}-sex"][value="${member.sex}"]`).check();
    for (const [part, value] of [["birth_day", member.birth[0]], ["birth_month", member.birth[1]], ["birth_year", member.birth[2]]]) {
      await field(part).fill(value);
    }
    if (member.relation) await page.locator(`[name="member-${row}-relation"][value="${member.relation}"]`).check();
    if (row < 2) await glance();
    await go(page, row + 1 < FAMILY.length ? "add" : "next");
  }

  await expect(page).toHaveURL(/\/consent$/);
  await glance();
  for (const agency of await page.locator('input[name="consent_agency"]').all()) await agency.check();
  await page.locator('input[name="consent_by"]').first().check();
  await page.locator('input[name="consent_how"][value="signed"]').check();
  await go(page, "next");

  await expect(page).toHaveURL(/\/check$/);
  await glance();
  await page.locator('main form button[type="submit"]').first().click();
  await expect(page.locator(".govuk-panel")).toContainText(/SP-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  await glance();
  const reference = /SP-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(await page.locator(".govuk-panel").innerText())![0];
  const pin = (await page.locator(".app-reference").innerText()).trim();
  return { reference, pin };
}

