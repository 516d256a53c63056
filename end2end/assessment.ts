// Filling in the combined assessment, page by page, as an officer does who asks and ticks. What is not named in SAID
// is answered "no", "none", the first choice or 1: a question that a pack adds needs nothing here.
import { type Locator, type Page } from "@playwright/test";
import { type Hand, mouse } from "./hand.ts";
import { expect, lookAt, test } from "./journey.ts";

/** A poor family: little food, no latrine slab, children at school. */
const SAID: Record<string, string> = {
  rooms: "2", tenure: "own", roof: "thatch", floor: "earth_sand", lighting: "kerosene", cooking_fuel: "wood",
  toilet: "latrine_open_pit", water_source: "well_open", water_minutes: "35",
  fcs_staples: "7", fcs_pulses: "2", fcs_vegetables: "3", fcs_fruit: "0", fcs_meat: "0", fcs_dairy: "0", fcs_fats: "2", fcs_sugar: "1",
  rcsi_less_preferred: "5", rcsi_borrow: "2", rcsi_portions: "4", rcsi_fewer_meals: "3", rcsi_adults_restrict: "3",
  income_wages: "0", income_business: "0", income_farm: "9000", income_family: "0", income_other: "0", health_spending: "0",
  birth_registered: "yes", lives_with_parent: "yes", attends_school: "yes", school_level: "elementary",
  work_status: "family_farm", wants_work: "yes", education_level: "primary_part", vaccinated: "yes",
};

/** From the list of modules to the check page. Looks closely at the list, the first pages and the check page. */
export async function assess(page: Page, look = false, hand: Hand = mouse) {
  await expect(page).toHaveURL(/\/assessments\/[^/]+\/[^/]+$/);
  if (look) await lookAt(page);
  await hand.arrive();
  await hand.press(page.locator("main a.govuk-button"));
  await expect(page).toHaveURL(/\/assessments\/[^/]+\/[^/]+\/[^/]+/);
  for (let number = 0; !/\/check$/.test(new URL(page.url()).pathname); number++) {
    expect(number, "pages without end").toBeLessThan(80);
    if (look && number < 4) await lookAt(page);
    await hand.arrive();
    await answer(page, hand, false);
    const address = await send(page, hand);
    // Without JavaScript the server names what applies after all.
    if (!scripts() && /^Error:/.test(await page.title())) {
      await hand.arrive();
      await answer(page, hand, true);
      await send(page, hand);
    }
    await expect(page, `${address} was refused: ${await refused(page)}`).not.toHaveTitle(/^Error:/);
  }
  if (look) await lookAt(page);
}

async function refused(page: Page): Promise<string> {
  const summary = page.locator(".govuk-error-summary");
  return (await summary.count()) > 0 ? summary.innerText() : "";
}

const scripts = () => test.info().project.use.javaScriptEnabled !== false;

async function send(page: Page, hand: Hand): Promise<string> {
  const [before, loaded] = [page.url(), page.waitForEvent("load")];
  await hand.press(page.locator('main form button[type="submit"]:not([name])'));
  await loaded;
  return before;
}

/** `again`: what has an answer stays as it is. */
async function answer(page: Page, hand: Hand, again: boolean) {
  for (const block of await page.locator("main form [data-question]").all()) {
    // With JavaScript a question that does not apply is hidden; without, its hint says when it applies, and the
    // officer passes over what the family has nothing to say to.
    if (!(await block.isVisible())) continue;
    const name = (await block.getAttribute("data-question"))!;
    const said = SAID[name.replace(/^p[0-9a-f-]{36}_/, "")];
    const applies = block.locator("[data-condition]");
    if (again ? !(await block.locator(".govuk-error-message:visible").count()) : !scripts() && said === undefined && (await applies.count())) continue;
    await control(block, hand, said);
  }
}

async function control(block: Locator, hand: Hand, said: string | undefined) {
  const select = block.locator("select");
  if (await select.count()) return hand.select(select, said);
  const radios = block.locator('input[type="radio"]:not([name$="-state"])');
  if (await radios.count()) {
    for (const wanted of [said, "no", "none"]) {
      const one = block.locator(`input[type="radio"][value="${wanted}"]:not([name$="-state"])`);
      if (wanted && (await one.count())) return hand.check(one);
    }
    return hand.check(radios.first());
  }
  const boxes = block.locator('input[type="checkbox"]:not([name$="-state"])');
  if (await boxes.count()) {
    const none = block.locator('input[type="checkbox"][value="none"]');
    return hand.check((await none.count()) ? none : boxes.first());
  }
  const parts = block.locator('input[name$="-day"]');
  if (await parts.count()) {
    await hand.type(parts, "3");
    await hand.type(block.locator('input[name$="-month"]'), "2");
    return hand.type(block.locator('input[name$="-year"]'), "2026");
  }
  const typed = block.locator("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea").first();
  if (await typed.count()) await hand.type(typed, said ?? "1");
}
