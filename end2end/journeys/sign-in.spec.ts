// Signing in and out, as everyone does it.
import { expect, lookAt, lookAtInEach, PASSWORD, signIn, test } from "../journey.ts";

test("a stranger is led to the sign-in page, and after it to where they wanted to go", async ({ page }) => {
  await page.goto("/account/password");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.locator('input[name="login"]').fill("counter");
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/account\/password$/);
});

test("a wrong name and a wrong password are told in the same words", async ({ page }) => {
  const said: string[] = [];
  for (const [login, password] of [["counter", "not-the-password-at-all"], ["nobody-here", PASSWORD]]) {
    await page.goto("/sign-in");
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill(password);
    await page.locator('main form button[type="submit"]').click();
    await expect(page).toHaveTitle(/^Error:/);
    said.push(await page.locator(".govuk-error-summary").innerText());
    await expect(page.locator('input[name="password"]')).toHaveValue("");
  }
  expect(said[0]).toBe(said[1]);
  await lookAt(page);
});

test("each role signs in, sees its own desk, and signs out", async ({ page }) => {
  for (const login of ["counter", "supervisor", "provider", "policy", "tribunal", "auditor", "admin"]) {
    await signIn(page, login);
    await expect(page.locator("h1")).toBeVisible();
    await lookAt(page);
    await page.locator('form[action="/sign-out"] button').click();
    await page.goto("/account");
    await expect(page).toHaveURL(/sign-in/);
  }
});

test("the sign-in page reads well in both directions", async ({ page }) => {
  await page.goto("/sign-in");
  await lookAtInEach(page);
});
