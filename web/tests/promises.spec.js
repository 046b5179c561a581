// The ledger of promises and the checklist: a line opens to its rows, is waived with a reason, and feedback is looked through.
import { expect, isForEverybody, test } from "./tandem.js";

/** A whole month of the sample's history. */
const MONTH = "/promises/2026-05";

test("a line opens to the rows behind it, and a row to its lead", async ({ page }) => {
  await page.goto(MONTH);
  const line = page.locator("#review_time");
  const [, count] = (await line.locator("a.rows").textContent()).match(/of (\d+)/);
  await line.locator("a.rows").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Review time");
  await expect(page.locator("table[data-rows] tbody tr")).toHaveCount(Number(count));
  await page.getByLabel("Verdict").selectOption({ label: "kept" });
  await expect(page).toHaveURL(/verdict=kept/);
  await page.locator("table[data-rows] a.open").first().click();
  await expect(page).toHaveURL(/\/leads\/\d+/);
});

test("a promise is waived with a reason, which both sides see, and the waiver is taken back", async ({ page }) => {
  await page.goto(MONTH);
  const broken = page.locator(".clause").filter({ has: page.locator(".tag.bad") });
  const line = page.locator(`#${await broken.first().getAttribute("id")}`);
  await line.getByRole("button", { name: "Waive" }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("The fair was moved to June.");
  await page.getByRole("dialog").getByRole("button", { name: "Waive" }).click();
  await expect(line).toContainText("Waived by Ana Test: The fair was moved to June.");
  await expect(line.locator(".tag")).toHaveText("Waived");
  await page.locator("#waivers").getByRole("button", { name: "Take back" }).click();
  await expect(line.locator(".tag")).not.toHaveText("Waived");
});

test("one late review is waived from its row", async ({ page }) => {
  await page.goto(`${MONTH}/review_time?verdict=broken`);
  const waivable = page.getByRole("link", { name: "Waive" });
  const before = await waivable.count();
  expect(before, "late reviews in the sample's month").toBeGreaterThan(0);
  await waivable.first().click();
  await page.getByLabel("Why").fill("The rep was ill.");
  await page.getByRole("button", { name: "Waive" }).click();
  await page.goto(`${MONTH}/review_time?verdict=broken`);
  await expect(waivable).toHaveCount(before - 1);
});

test("marketing writes down what it takes from sales' feedback", async ({ page }) => {
  await page.goto("/promises/feedback");
  await page.getByLabel("What we take from it").fill("Fewer students: the form asks for the company now.");
  await page.getByRole("button", { name: "Write down" }).click();
  await expect(page.locator("main").getByText("Fewer students: the form asks for the company now.")).toBeVisible();
});

test("each of the ten points says what to do next, on a page that exists", async ({ page }) => {
  await page.goto("/checklist");
  const steps = page.locator(".steps > li");
  await expect(steps).toHaveCount(10);
  const pages = await page.locator(".steps a").evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute("href")))]);
  for (const address of pages) expect((await page.request.get(address)).status(), address).toBe(200);
});

for (const address of [MONTH, `${MONTH}/review_time`, "/promises/feedback", "/checklist"]) {
  test(`${address} is for everybody`, async ({ page }) => {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await isForEverybody(page);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, "pixels by which it is wider than a phone").toBeLessThanOrEqual(0);
  });
}
