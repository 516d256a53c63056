// Every page that a role is led to, looked at in English and in Arabic, at phone and at desk width. The demo's own
// links are the way; one page of a kind stands for all of its kind.
import { expect, lookAt, signIn, test } from "../journey.ts";

/** Kinds of pages that each role must have been led to, or the sweep has swept nothing. */
const MUST: Record<string, string[]> = {
  counter: ["/search", "/households/:id", "/households/:id/members", "/households/:id/decisions", "/households/:id/referrals", "/households/:id/history", "/services", "/services/:place", "/tasks", "/clocks"],
  supervisor: ["/proposals", "/complaints", "/appeals", "/notices", "/numbers/objections", "/tasks/available", "/tasks/team", "/tasks/:id/:id", "/clocks", "/openings", "/lists", "/lists/new"],
  provider: ["/referrals", "/services", "/services/:place"],
  policy: ["/packs", "/packs/:id", "/packs/:id/:name", "/policy", "/policy/new", "/policy/documents", "/policy/documents/versions", "/policy/documents/version", "/policy/links"],
  tribunal: ["/appeals"],
  ombudsman: ["/complaints", "/complaints/new", "/numbers/objections"],
  auditor: ["/journal", "/openings", "/numbers/objections", "/search", "/matching", "/matching/1", "/matching/how"],
  admin: ["/staff", "/staff/new", "/staff/:id", "/matching"],
};
// A counter officer is led to some eighty kinds of pages; each is looked at twice.
const ENOUGH = 120;
const LONGEST = 600_000;

/** The address with what is particular in it taken out; each view of a list is a kind of its own. */
function kind(path: string): string {
  const [bare, query] = path.split("?");
  const view = new URLSearchParams(query).get("view");
  return (view ? `${bare}/${view}` : bare)
    .split("/")
    .map((part, at, all) =>
      /^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{64}$|^SP-/i.test(part) ? ":id"
      : all[1] === "packs" && at > 2 ? ":name"
      : all[1] === "services" && at === 2 ? ":place"
      : all[1] === "assessments" && at > 3 && part !== "check" ? ":group"
      : part)
    .join("/");
}

// Nothing is changed here: the roles need not wait for one another.
test.describe.configure({ mode: "parallel" });

for (const [login, must] of Object.entries(MUST)) {
  test(`every page of ${login} reads well`, async ({ page }) => {
    test.setTimeout(LONGEST);
    await signIn(page, login);
    const seen = new Set<string>();
    const looked: string[] = [];
    const way = [new URL(page.url()).pathname];
    while (way.length > 0) {
      const path = way.shift()!;
      if (seen.has(kind(path))) continue;
      seen.add(kind(path));
      expect(seen.size, "pages without end").toBeLessThan(ENOUGH);
      const answer = await page.goto(path);
      expect(answer!.status(), `${path}, which a page leads to`).toBe(200);
      if (!answer!.headers()["content-type"].startsWith("text/html")) continue;
      // A link leads to a way in that asks for a reason, or on: that page stands for itself.
      const { pathname, search } = new URL(page.url());
      const there = kind(pathname + search);
      if (there !== kind(path) && seen.has(there)) continue;
      seen.add(there);
      await lookAt(page, 1280);
      looked.push(path);
      for (const link of await page.locator("a[href^='/']").all()) {
        const to = new URL((await link.getAttribute("href"))!, page.url());
        // A draft and a change of the rules are looked at where they are written, a partner's list where it is read: another
        // journey may be at it this moment.
        const busy = to.pathname.startsWith("/households/new/") || /^\/(lists|policy)\/[0-9a-f]{8}-/.test(to.pathname);
        // A file for a spreadsheet is not a page.
        const isFile = to.pathname.endsWith(".csv");
        if (!to.searchParams.has("lang") && !busy && !isFile) way.push(to.pathname + to.search);
      }
    }
    // The same pages from right to left. Who chose a language keeps it.
    await page.goto("/?lang=ar");
    for (const path of looked) {
      await page.goto(path);
      await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
      await lookAt(page, 320);
    }
    for (const wanted of must) expect([...seen], `${login} is led to ${wanted}`).toContain(wanted);
  });
}
