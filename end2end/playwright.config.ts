// Journeys run on each engine, and with JavaScript and without. `.ci/journeys` builds what this needs;
// PostgreSQL joins when GUICHET_TEST_POSTGRES names a server (`.ci/postgres .ci/journeys`).
import { defineConfig, type PlaywrightTestProject } from "@playwright/test";
import type { Options } from "./journey.ts";

const engines = ["sqlite", ...(process.env.GUICHET_TEST_POSTGRES ? ["postgres"] : [])];

// Screenshots for the README are taken only when asked for (`make pictures`).
const pictures = process.env.GUICHET_PICTURES ? [] : ["pictures.spec.ts"];

// How pages look, what they weigh and what the keyboard reaches is the same on every engine, and in one kind of browser.
const once = ["sweep.spec.ts", "keyboard.spec.ts", "budgets.spec.ts"];

// With JavaScript on one engine, without it on the other: pages do not know which engine they are of. GUICHET_MATRIX=1 runs
// each kind on each engine.
const whole = Boolean(process.env.GUICHET_MATRIX) || engines.length === 1;

const projects: PlaywrightTestProject<Options>[] = engines.flatMap((engine, at) => [
  ...(whole || at === 0 ? [{ name: engine, testIgnore: at === 0 ? pictures : [...pictures, ...once], use: { engine } }] : []),
  ...(whole || at > 0 ? [{ name: `${engine} without JavaScript`, testIgnore: [...pictures, ...once], use: { engine, javaScriptEnabled: false } }] : []),
]);

export default defineConfig<Options>({
  testDir: "journeys",
  outputDir: "results",
  globalSetup: "./servers.ts",
  // Three counters at once: what they do to each other is part of the test, and while one waits the others go on.
  workers: Number(process.env.GUICHET_WORKERS ?? 3),
  retries: 0,
  // A whole journey with its looks takes ten seconds on a quiet machine; a busy one is no fault.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [["list"]],
  projects,
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    // Recording every step takes a third of the time: only when somebody looks for why (GUICHET_TRACE=1 .ci/journeys).
    trace: process.env.GUICHET_TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
