// What a page costs on a slow line: bytes on the wire and requests, at the first visit and at the next one.
// To put a page under a budget: a line in APPLICANT or STAFF.
import { type BrowserContext } from "@playwright/test";
import { expect, signIn, test } from "../journey.ts";

const KB = 1024;
const APPLICANT = ["/", "/track"];
const STAFF: [string, string][] = [
  ["counter", "/"],
  ["counter", "/account"],
  ["counter", "/search"],
  ["admin", "/staff"],
];

type Weight = { bytes: number; requests: number; kinds: string[] };

async function weigh(context: BrowserContext, address: string): Promise<Weight> {
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  const kinds: string[] = [];
  page.on("requestfinished", (request) => {
    kinds.push(request.resourceType() + " " + new URL(request.url()).pathname);
    // What the browser had kept costs nothing; it reports the body's size all the same.
    sizes.push(request.response().then(async (response) => {
      if (!response || (await fromCache(request.timing()))) return 0;
      const size = await request.sizes();
      return size.responseBodySize + size.responseHeadersSize;
    }));
  });
  const answer = await page.goto(address, { waitUntil: "networkidle" });
  expect(answer?.ok(), address).toBe(true);
  const all = await Promise.all(sizes);
  await page.close();
  return { bytes: all.reduce((sum, n) => sum + n, 0), requests: all.filter((n) => n > 0).length, kinds };
}

// Nothing was sent for it: the request never got a connection.
async function fromCache(timing: { requestStart: number }): Promise<boolean> {
  return timing.requestStart < 0;
}

test("an applicant's page is light", async ({ browser, baseURL }) => {
  for (const path of APPLICANT) {
    const context = await browser.newContext({ baseURL });
    const first = await weigh(context, path);
    const again = await weigh(context, path);
    await context.close();
    console.log(`${path}: ${first.bytes} bytes in ${first.requests} requests, again ${again.bytes}`);
    expect(first.bytes, `${path}: ${first.kinds.join(", ")}`).toBeLessThanOrEqual(50 * KB);
    expect(first.requests, `${path}: ${first.kinds.join(", ")}`).toBeLessThanOrEqual(4);
    expect(first.kinds.filter((kind) => /font|wasm/.test(kind))).toEqual([]);
    expect(again.bytes, `${path} again: ${again.kinds.join(", ")}`).toBeLessThanOrEqual(12 * KB);
  }
});

test("a staff page is light without its islands", async ({ browser, baseURL }) => {
  for (const [login, path] of STAFF) {
    const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, login);
    const cookies = await context.cookies();
    await context.close();
    // A browser that knows who it is and has kept nothing else.
    const fresh = await browser.newContext({ baseURL, javaScriptEnabled: false });
    await fresh.addCookies(cookies);
    const first = await weigh(fresh, path);
    const again = await weigh(fresh, path);
    await fresh.close();
    console.log(`${path}: ${first.bytes} bytes in ${first.requests} requests, again ${again.bytes}`);
    expect(first.bytes, `${path}: ${first.kinds.join(", ")}`).toBeLessThanOrEqual(100 * KB);
    expect(again.bytes, `${path} again: ${again.kinds.join(", ")}`).toBeLessThanOrEqual(25 * KB);
  }
});
