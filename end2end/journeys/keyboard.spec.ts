// A counter officer without a mouse: a household of five from the search to its results.
import { assess } from "../assessment.ts";
import { named, register } from "../family.ts";
import { Keyboard } from "../hand.ts";
import { expect, signIn, test } from "../journey.ts";

// What hearing and understanding one answer takes, beside what is pressed.
const HEARING = 2;

test("a family of five is registered and assessed by keyboard alone, in under twelve minutes", async ({ page }) => {
  await signIn(page, "counter");
  await register(page, named(), false, new Keyboard(page));
  const hand = new Keyboard(page);
  await hand.arrive();
  await hand.press(page.locator('form[action$="/assessments"] button'));
  await assess(page, false, hand);
  await hand.arrive();
  await hand.press(page.locator('main form button[type="submit"]'));
  await expect(page).toHaveURL(/\/results\//);
  const minutes = hand.seconds(HEARING) / 60;
  console.log(`assessment of five: ${hand.pages} pages, ${hand.keys} keys, ${hand.looks} looks: ${minutes.toFixed(1)} minutes`);
  expect(minutes).toBeLessThan(12);
});
