// What holds on every page: no serious fault of accessibility, nothing in the console, nothing wider than the screen.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./tandem.js";

const PAGES = [
  "/", "/scoreboard", "/scoreboard?by=source", "/scoreboard/mql_to_sal_rate", "/scoreboard/sales_cycle_days", "/closed-loop", "/leads", "/people",
  "/companies", "/deals", "/deals?view=table", "/campaigns", "/content", "/agreement", "/imports", "/imports/new", "/settings", "/settings/users",
  "/settings/tokens",
];
/** Lists whose first row is opened, for the pages of one record. */
const RECORDS = ["/leads", "/people", "/companies", "/deals?view=table&stage=won", "/imports"];

async function record(page, list) {
  await page.goto(list);
  const address = await page.locator("table[data-rows] tbody a.open").first().getAttribute("href");
  return address ?? list;
}

async function look(page, address) {
  const response = await page.goto(address);
  expect(response?.status(), address).toBe(200);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`), address).toEqual([]);
}

async function fits(page, address) {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond, `${address} is wider than the screen by this many pixels`).toBeLessThanOrEqual(0);
}

for (const scheme of ["light", "dark"]) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });
    for (const address of PAGES) test(`${address} can be used by everybody, ${scheme}`, ({ page }) => look(page, address));
    for (const list of RECORDS) test(`a record of ${list} can be used by everybody, ${scheme}`, async ({ page }) => look(page, await record(page, list)));
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  for (const address of PAGES) test(`${address} fits`, ({ page }) => fits(page, address));
  for (const list of RECORDS) test(`a record of ${list} fits`, async ({ page }) => fits(page, await record(page, list)));
});
