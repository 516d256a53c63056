// A school hands in attendance: one person on the sheet with a slip of the pen, then everybody as a list of which one row is
// faulty at first.
import { readFileSync } from "node:fs";
import { expect, lookAt, signIn, test } from "../journey.ts";

/** The cells of a line of the service's own lists: every cell stands in quotes. */
function cells(line: string): string[] {
  return line.slice(1, -1).split('","');
}

test("a school hands in attendance on the sheet and as a list", async ({ page }) => {
  const percent = () => String(60 + Math.floor(Math.random() * 40));
  await signIn(page, "school");
  await page.goto("/records");
  await expect(page.locator("h1")).toHaveText("Records");
  await lookAt(page);
  await page.locator('main a[href*="/attendance/"]').first().click();
  const sheet = page.url();
  await lookAt(page);

  const first = page.locator('input[name="said-0"]');
  await first.fill("120");
  await page.getByRole("button", { name: "Hand in" }).click();
  await expect(page).toHaveTitle(/^Error:/);
  await expect(page.locator("main")).toContainText("Write whole percent from 0 to 100");
  await expect(first).toHaveValue("120");
  await lookAt(page);
  const said = percent();
  await first.fill(said);
  await page.getByRole("button", { name: "Hand in" }).click();
  await expect(page.locator("main")).toContainText(/The records are handed in|recorded so already/);
  await page.goto(sheet);
  await expect(first).toHaveValue(said);

  await page.getByRole("link", { name: "Hand in as a list" }).click();
  await lookAt(page);
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the list of people to fill in" }).click();
  const lines = readFileSync(await (await coming).path(), "utf8").trim().split("\r\n");
  expect(lines.length, "somebody is to be recorded").toBeGreaterThan(2);
  const people = lines.slice(1).map(cells);
  expect(people[0][2], "what was recorded stands in the list").toBe(said);
  const told = people.map(() => percent());
  const list = (faulty: boolean) => {
    const row = ([reference, name]: string[], at: number) => `${reference};${name};${faulty && at === 1 ? "often" : told[at]};`;
    return ["reference;name;attendance;good cause", ...people.map(row)].join("\r\n");
  };
  const upload = async (text: string) => {
    await page.locator('input[name="file"]').setInputFiles({ name: "march.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Look at the file" }).click();
  };
  await upload(list(true));
  await expect(page.locator("main")).toContainText("Nothing was written. Rows to be corrected: 1.");
  const fault = page.locator("main table tbody tr");
  await expect(fault).toHaveCount(1);
  await expect(fault).toContainText("3");
  await expect(fault).toContainText("Write whole percent from 0 to 100");
  await lookAt(page);

  await upload(list(false));
  await expect(page.locator("main")).toContainText("Nothing is written yet.");
  await lookAt(page);
  await page.getByRole("button", { name: "Hand in these records" }).click();
  await expect(page.locator("main")).toContainText(/The records are handed in|recorded so already/);
  await expect(first).toHaveValue(told[0]);
  await expect(page.locator('input[name="said-1"]')).toHaveValue(told[1]);
});
