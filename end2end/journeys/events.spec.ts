// What happens in a household: its head dies, a second person signs it, a paper is handed in with it, a name is corrected and a
// telephone number changed; whoever recorded it does not sign it.
import { expect, lookAt, lookAtInEach, signIn, signOut, test } from "../journey.ts";
import { named, register } from "../family.ts";

test("a head of household dies, another takes the place, and a second person signs it", async ({ page, browser, baseURL }) => {
  const family = named();
  await signIn(page, "counter");
  const slip = await register(page, family);
  await page.goto("/search");
  await page.locator('input[name="reference"]').fill(slip.reference);
  await page.locator('input[name="reference"]').press("Enter");
  await page.locator('main a[href^="/households/"]').first().click();
  const file = /\/households\/[^/?]+/.exec(page.url())![0];
  await page.goto(`${file}/members`);
  await lookAtInEach(page);

  // The head: nobody is chosen in the place first.
  await page.locator('main a[href$="/leave"]').first().click();
  await lookAt(page);
  await page.locator('input[name="why"][value="died"]').check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveTitle(/^Error:/);
  await expect(page.locator("main")).toContainText("Choose who this is");
  await lookAt(page);
  const others = await page.locator('select[name^="relation-"]').all();
  for (const [at, other] of others.entries()) await other.selectOption(at === 0 ? "head" : "child");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/done=waits/);
  await expect(page.locator("main")).toContainText("Waits for a second person");
  await lookAt(page);
  const proposal = (await page.locator('main a[href^="/proposals/"]').first().getAttribute("href"))!;
  // Who recorded it is offered no answer.
  await page.goto(proposal);
  await expect(page.locator('input[name="answer"][value="approve"]')).toHaveCount(0);

  await page.goto(`${file}/documents`);
  await page.locator('select[name="of"]').selectOption({ index: 1 });
  await page.locator('input[name="files"]').setInputFiles({ name: "photo.txt", mimeType: "text/plain", buffer: Buffer.from("no paper") });
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page).toHaveTitle(/^Error:/);
  await lookAt(page);
  const paper = { name: "certificate.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") };
  await page.locator('input[name="files"]').setInputFiles(paper);
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.locator("main table")).toContainText("certificate.pdf");
  await expect(page.locator("main table")).toContainText("Somebody died");
  await lookAtInEach(page);
  await page.goto(`${file}/objections`);
  await lookAt(page);
  await page.goto(`${file}/moved`);
  await lookAt(page);
  await signOut(page);

  await signIn(page, "supervisor");
  await page.goto(proposal);
  await expect(page.locator("main")).toContainText("Lives there");
  await lookAtInEach(page);
  await page.locator('input[name="answer"][value="approve"]').check();
  await page.locator('textarea[name="note"]').fill("The certificate was shown.");
  await page.locator("main form button").first().click();
  await expect(page).toHaveURL(/done=approved/);
  await page.goto(`${file}/members`);
  await expect(page.locator("main")).toContainText("No longer members");
  await expect(page.locator("main")).toContainText("Holds");
  await lookAt(page);

  // The family gives another number at home: it waits, and can be stopped.
  const home = await (await browser.newContext({ baseURL, viewport: { width: 320, height: 700 } })).newPage();
  await home.goto("/track");
  for (const [name, value] of [["reference", slip.reference], ["birth-year", "1985"], ["pin", slip.pin]]) {
    await home.locator(`input[name="${name}"]`).fill(value);
  }
  await home.locator('main form[action="/track"] button').click();
  await expect(home).toHaveURL(/\/track\/status/);
  await home.goto("/track/phone");
  await lookAtInEach(home);
  await home.locator('input[name="phone"]').fill("12");
  await home.locator("main form button").last().click();
  await expect(home).toHaveTitle(/^Error:/);
  await home.locator('input[name="phone"]').fill("+000 61 000 111");
  await home.locator("main form button").last().click();
  await expect(home.locator("main")).toContainText("We use it from");
  await lookAt(home);
  await home.getByRole("button", { name: "Keep the number that you have" }).click();
  await expect(home.locator("main")).toContainText("The number stays as it is");
});
