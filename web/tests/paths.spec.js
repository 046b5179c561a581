// The ways that people go through the product.
import { expect, test } from "./tandem.js";

test("leads are filtered, and one is opened", async ({ page }) => {
  await page.goto("/leads");
  await page.getByLabel("Source").selectOption("partner");
  await expect(page).toHaveURL(/source=partner/);
  const rows = page.locator("table[data-rows] tbody tr");
  await expect(rows.first()).toBeVisible();
  const sources = await rows.getByText("Partner", { exact: true }).count();
  expect(sources).toBe(await rows.count());

  const first = rows.first().locator("a.open");
  const name = await first.innerText();
  await first.click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Stages" })).toBeVisible();
});

test("a number opens to the rows behind it, and a row to its lead", async ({ page }) => {
  await page.goto("/scoreboard?period=all");
  await page.getByRole("link", { name: /^MQL to SAL.*open the rows/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /MQL to SAL/ })).toBeVisible();

  const behind = page.locator("#rows");
  await expect(behind.getByRole("heading", { name: /behind it/ })).toBeVisible();
  await behind.locator("tbody a.open").first().click();
  await expect(page).toHaveURL(/\/leads\/\d+/);
  await expect(page.getByRole("heading", { name: "Stages" })).toBeVisible();
});

test("a question in the address gives the same answer again", async ({ page }) => {
  const asked = "/scoreboard/mqls?as_of=2026-03-31&period=last_quarter";
  const total = page.locator("#rows h2");
  await page.goto(asked);
  const first = await total.innerText();
  await page.goto(asked);
  await expect(total).toHaveText(first);
});

test("a won deal is followed back to its first touch", async ({ page }) => {
  await page.goto("/closed-loop?by=channel&period=all");
  await page.locator("tbody a.open").first().click();
  await expect(page.getByText(/won deals?\b.* by the model/)).toBeVisible();

  await page.locator("table[data-rows] tbody a.open").first().click();
  await expect(page).toHaveURL(/\/closed-loop\/deals\/\d+/);
  const touches = page.locator("tbody tr");
  expect(await touches.count()).toBeGreaterThan(0);
  // Some touch has everything under the first model: the one that opened the journey inside the lookback.
  await expect(touches.filter({ hasText: "100%" }).first()).toBeVisible();
  await touches.first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/people\/\d+/);
});
