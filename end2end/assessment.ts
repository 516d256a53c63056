// Filling in the combined assessment, page by page, as an officer does who asks and ticks. What is not named in SAID
// is answered "no", "none", the first choice or 1: a question that a pack adds needs nothing here.
import { type Page } from "@playwright/test";
import { type Act, type Hand, swift } from "./hand.ts";
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
export async function assess(page: Page, look = false, hand: Hand = swift) {
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

/**
 * Answers what the page asks. `again`: what has an answer stays as it is. One question after the other, since an answer
 * decides what is asked next; a swift hand answers all that shows at once, and then what came to show.
 */
async function answer(page: Page, hand: Hand, again: boolean) {
  // Until the page's script has looked at it, a question that does not apply shows with the hint that says when it does.
  if (scripts()) await page.waitForFunction(() => [...document.querySelectorAll("[data-condition]")].every((hint) => (hint as HTMLElement).hidden));
  const done: string[] = [];
  for (;;) {
    const left = await page.evaluate(pending, { said: SAID, scripts: scripts(), again, done });
    if (left.length === 0) return;
    const now = hand.atOnce ? left : left.slice(0, 1);
    done.push(...now.map((question) => question.name));
    for (const act of now.flatMap((question) => question.acts)) await carryOut(page, hand, act);
  }
}

async function carryOut(page: Page, hand: Hand, { at, how, value }: Act) {
  const control = page.locator(at);
  if (how === "check") await hand.check(control);
  else if (how === "select") await hand.select(control, value);
  else await hand.type(control, value);
}

/** In the page: the questions that show and wait for an answer, in their order, and what answers each. */
function pending({ said, scripts, again, done }: { said: Record<string, string>; scripts: boolean; again: boolean; done: string[] }) {
  const questions: { name: string; acts: Act[] }[] = [];
  for (const block of document.querySelectorAll<HTMLElement>("main form [data-question]")) {
    const name = block.dataset.question!;
    // With JavaScript a question that does not apply is hidden; without, its hint says when it applies, and the
    // officer passes over what the family has nothing to say to.
    if (done.includes(name) || !block.checkVisibility()) continue;
    const wanted = said[name.replace(/^p[0-9a-f-]{36}_/, "")];
    const wrong = [...block.querySelectorAll(".govuk-error-message")].some((message) => message.checkVisibility());
    if (again ? !wrong : !scripts && wanted === undefined && block.querySelector("[data-condition]")) continue;
    const all = (tag: string) => [...block.querySelectorAll<HTMLInputElement & HTMLSelectElement>(tag)];
    const at = ({ name, value }: HTMLInputElement, ticks = false) =>
      `[data-question="${block.dataset.question}"] [name="${name}"]${ticks ? `[value="${value}"]` : ""}`;
    const acts: Act[] = [];
    const [select] = all("select");
    const radios = all('input[type="radio"]:not([name$="-state"])');
    const boxes = all('input[type="checkbox"]:not([name$="-state"])');
    const date = ["day", "month", "year"].flatMap((part) => all(`input[name$="-${part}"]`));
    const [typed] = all("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea");
    if (select) acts.push({ at: at(select), how: "select", value: wanted ?? select.options[1].value });
    else if (radios.length > 0) {
      const one = [wanted, "no", "none"].map((value) => radios.find((radio) => radio.value === value)).find((radio) => radio);
      acts.push({ at: at(one ?? radios[0], true), how: "check", value: "" });
    } else if (boxes.length > 0) acts.push({ at: at(boxes.find((box) => box.value === "none") ?? boxes[0], true), how: "check", value: "" });
    else if (date.length === 3) date.forEach((part, which) => acts.push({ at: at(part), how: "type", value: ["3", "2", "2026"][which] }));
    else if (typed) acts.push({ at: at(typed), how: "type", value: wanted ?? "1" });
    questions.push({ name, acts });
  }
  return questions;
}
