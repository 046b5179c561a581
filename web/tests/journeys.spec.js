// Journeys: the flow is explored, a step filters, a row opens its deals, and a deal its touches. Without script the server's picture is there.
import { becomeAdmin, expect, isForEverybody, test } from "./tandem.js";

const PAGE = "/journeys?period=all";

test("the flow is explored, and the page is for everybody", async ({ page }) => {
  await page.goto(PAGE);
  const explorer = page.locator("[data-explore]");
  await expect(explorer).toHaveAttribute("data-drawn", "yes");
  await expect(explorer.locator("canvas")).toBeVisible();
  await expect(page.locator(".exhibit .drawn.wide")).toBeHidden();
  await isForEverybody(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await isForEverybody(page);
});

test("a click on a step keeps the journeys that begin with it", async ({ page }) => {
  await page.goto(PAGE);
  const explorer = page.locator("[data-explore]");
  await expect(explorer).toHaveAttribute("data-drawn", "yes");
  const box = await explorer.boundingBox();
  // The first node stands at the upper left.
  await page.mouse.click(box.x + 9, box.y + 30);
  await expect(page).toHaveURL(/begins=/);
  await expect(page.getByText("begins with")).toBeVisible();
  await page.getByRole("link", { name: /^without begins with/ }).click();
  await expect(page).not.toHaveURL(/begins=/);
});

test("a journey opens its deals, and a deal its touches", async ({ page }) => {
  await page.goto(`${PAGE}&order=conversions`);
  const rows = page.locator("section", { has: page.getByRole("heading", { name: "Common journeys" }) }).locator("tbody tr");
  const counts = await rows.locator("td:nth-child(2)").allInnerTexts();
  const numbers = counts.map((text) => Number(text.replaceAll(/\D/g, "")));
  expect(numbers.slice(0, -1).reduce((sum, number) => sum + number, 0), "rows add up to the last").toBe(numbers.at(-1));
  await rows.first().locator("a.open").click();
  await expect(page.getByRole("heading", { level: 1, name: /journey/ })).toBeVisible();
  await isForEverybody(page);
  await page.locator("table[data-rows] tbody a.open").first().click();
  await expect(page).toHaveURL(/\/closed-loop\/deals\/\d+/);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test("the server's picture and its links do the same", async ({ page }) => {
    await page.goto(PAGE);
    await expect(page.locator(".exhibit .drawn.wide svg")).toBeVisible();
    await page.locator(".exhibit .drawn.wide svg a").first().click();
    await expect(page).toHaveURL(/(begins|through)=/);
  });
});

test("a phone sees the narrow picture, and nothing wider than the screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(PAGE);
  await expect(page.locator(".exhibit .drawn.slim svg")).toBeVisible();
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond).toBeLessThanOrEqual(0);
});

test("an empty record says what to do", async ({ empty, browser }) => {
  const page = await browser.newPage();
  await becomeAdmin(page, empty.link);
  await page.goto(`${empty.url}/journeys`);
  await expect(page.getByText("No journeys in this period")).toBeVisible();
  await page.close();
});
