// What holds on every page: no serious fault of accessibility, nothing in the console, nothing wider than the screen.
import { AxeBuilder } from "@axe-core/playwright";
import { becomeAdmin, expect, test } from "./tandem.js";

const PAGES = [
  "/", "/scoreboard?by=source", "/scoreboard/mql_to_sal_rate", "/scoreboard/sales_cycle_days", "/why", "/why?number=mql_to_sal_rate",
  "/closed-loop", "/journeys", "/cohorts", "/cohorts?by=source", "/forecast", "/plan", "/misalignment", "/effect", "/effect?at=2025-12-01",
  "/experiments", "/score", "/questions", "/leads", "/people", "/companies",
  "/deals", "/deals?view=board", "/deals?view=board&stage=won", "/campaigns", "/content", "/agreement", "/imports", "/imports/new", "/settings", "/settings/users", "/settings/tokens",
  "/notifications", "/settings/notifications", "/settings/channels", "/settings/deliveries", "/api",
];
/** Lists whose first row is opened, for the pages of one record. */
const RECORDS = ["/leads", "/people", "/companies", "/deals?stage=won", "/imports"];

async function record(page, list) {
  await page.goto(list);
  const address = await page.locator("table[data-rows] tbody a.open").first().getAttribute("href");
  return address ?? list;
}

/** Faults in words; empty where there are none that matter. */
async function faults(page, rules) {
  // The API's page is drawn by a library whose colours and nesting are its own.
  const axe = new AxeBuilder({ page }).exclude(".swagger-ui");
  const { violations, passes } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(passes.length, "axe found something to look at").toBeGreaterThan(0);
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
}

async function check(page, address) {
  const response = await page.goto(address);
  expect(response?.status(), address).toBe(200);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  expect(await faults(page), "light").toEqual([]);

  await page.emulateMedia({ colorScheme: "dark" });
  expect(await faults(page, ["color-contrast"]), "dark").toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond, "pixels by which it is wider than a phone").toBeLessThanOrEqual(0);
}

/** What people come to learn from; without records each says what it needs. */
const INSIGHT = ["/scoreboard", "/why", "/closed-loop", "/journeys", "/cohorts", "/forecast", "/plan", "/misalignment", "/effect", "/experiments", "/score", "/questions"];

test.describe("without a record", () => {
  test.use({ company: null });
  test("each page of insight stands and says what to do", async ({ page, empty }) => {
    await becomeAdmin(page, empty.link);
    for (const address of INSIGHT) {
      const response = await page.goto(empty.url + address);
      expect(response?.status(), address).toBe(200);
      await expect(page.getByRole("heading", { level: 1 }), address).toBeVisible();
      expect((await page.locator("main").innerText()).length, address).toBeGreaterThan(60);
    }
  });
});

for (const address of PAGES) test(`${address} is for everybody`, ({ page }) => check(page, address));
for (const list of RECORDS) test(`a record of ${list} is for everybody`, async ({ page }) => check(page, await record(page, list)));
