// The family of five that journeys register: told as at the counter, page by page. `named` makes its people other
// people for each test that shares a database.
import { type Page } from "@playwright/test";
import { type Hand, swift } from "./hand.ts";
import { expect, lookAt, test } from "./journey.ts";

export type Member = { given: string; sex: "female" | "male"; birth: [string, string, string]; relation?: string };

export const FAMILY: Member[] = [
  { given: "Halima", sex: "female", birth: ["4", "3", "1988"] },
  { given: "Joseph", sex: "male", birth: ["", "", "1985"], relation: "spouse" },
  { given: "Neema", sex: "female", birth: ["17", "8", "2014"], relation: "child" },
  { given: "Baraka", sex: "male", birth: ["2", "11", "2018"], relation: "child" },
  { given: "Asha", sex: "female", birth: ["30", "5", "2024"], relation: "child" },
];

const mixed = (text: string) => [...text].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7);

/** A family name that no other test on this database uses. */
export function named(): string {
  const { title, project } = test.info();
  const letters = mixed(`${project.name}${title}`);
  return `N${letters.toString(26).replace(/[0-9]/g, (digit) => "qrstuvwxyz"[+digit])}`;
}

/** A member's day and month of birth: another family's are others, or the matcher would rightly ask about each. */
export function birthday(family: string, [day, month, year]: readonly string[]): [string, string] {
  if (!day || family === "Nduwayo") return [day, month];
  const moved = mixed(`${family}${year}`);
  return [`${((+day + moved) % 28) + 1}`, `${((+month + (moved >>> 5)) % 12) + 1}`];
}

/** Says of everybody who may be registered already that it is somebody else. */
async function notThem(page: Page, hand: Hand, left: string): Promise<void> {
  await expect(page).not.toHaveURL(left);
  while (/\/match-\d+(-add)?$/.test(page.url())) {
    await hand.arrive();
    await hand.type(page.locator('textarea[name^="reason-"]').first(), "Another family, both were here");
    await hand.press(page.locator('button[name="not"]').first());
    await page.waitForLoadState();
  }
}

/**
 * Searches and registers the family; ends on the page that shows reference and PIN. Born on the days of the family
 * `like`, it looks like that one; `people` are others than all of it.
 */
export async function register(page: Page, family: string, look = false, hand: Hand = swift, like = family, people = FAMILY): Promise<{ reference: string; pin: string }> {
  const arrive = async () => {
    if (look) await lookAt(page);
    await hand.arrive();
  };
  const go = (value: string) => hand.press(page.locator(`button[name="go"][value="${value}"]`));
  await page.goto("/search");
  await arrive();
  await hand.type(page.locator('input[name="name"]'), `Halima ${family}`);
  await hand.type(page.locator('input[name="birth_year"]'), "1988");
  await hand.press(page.locator('main form[action="/search"] button'));
  await expect(page.locator('form[action="/households/new"]')).toBeVisible();
  await arrive();
  await hand.press(page.locator('form[action="/households/new"] button'));

  await expect(page).toHaveURL(/\/contact$/);
  await arrive();
  await hand.select(page.locator('select[name="area"]'));
  await hand.type(page.locator('textarea[name="directions"]'), "Behind the health post, blue door");
  await hand.check(page.locator('input[name="language"][value="en"]'));
  await go("next");

  for (const [row, member] of people.entries()) {
    await expect(page).toHaveURL(new RegExp(`/member-${row + 1}$`));
    if (row < 2) await arrive();
    else await hand.arrive();
    const field = (name: string) => page.locator(`[name="member-${row}-${name}"]`);
    const one = (name: string, value: string) => page.locator(`[name="member-${row}-${name}"][value="${value}"]`);
    await hand.type(field("given"), member.given);
    await hand.type(field("family"), family);
    await hand.check(one("sex", member.sex));
    const [day, month] = birthday(like, member.birth);
    for (const [part, value] of [["birth_day", day], ["birth_month", month], ["birth_year", member.birth[2]]]) {
      if (value) await hand.type(field(part), value);
    }
    if (member.relation) await hand.check(one("relation", member.relation));
    const here = page.url();
    await go(row + 1 < people.length ? "add" : "next");
    await notThem(page, hand, here);
  }

  await expect(page).toHaveURL(/\/consent$/);
  await arrive();
  for (const agency of await page.locator('input[name="consent_agency"]').all()) await hand.check(agency);
  await hand.check(page.locator('input[name="consent_by"]').first());
  await hand.check(page.locator('input[name="consent_how"][value="signed"]'));
  await go("next");

  await expect(page).toHaveURL(/\/check$/);
  await arrive();
  const save = page.locator('main form button[type="submit"]').first();
  await hand.press(save);
  // Another journey saved somebody like them meanwhile: only now the service can ask.
  const why = page.locator("main form textarea");
  await expect(page.locator(".govuk-panel").or(why).first()).toBeVisible();
  if (await why.count()) {
    await hand.arrive();
    await hand.type(why.first(), "Another family, both were here");
    await hand.press(save);
  }
  await expect(page.locator(".govuk-panel")).toContainText(/SP-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  if (look) await lookAt(page);
  const reference = /SP-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(await page.locator(".govuk-panel").innerText())![0];
  const pin = (await page.locator(".app-reference").innerText()).trim();
  return { reference, pin };
}
