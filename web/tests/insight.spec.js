// From a figure to what is behind it: a question kept and explained, a plan tried, a cohort and a part of a change opened down to their rows.
import { expect, isForEverybody, test } from "./tandem.js";

/** `32 leads that entered MQL` has 32 rows, or a first page of them. */
async function hasItsRows(page) {
  const heading = await page.getByRole("heading", { level: 1 }).innerText();
  const count = Number(heading.match(/^[\d,]+/)?.[0].replaceAll(",", ""));
  expect(count, heading).toBeGreaterThan(0);
  expect(await page.locator("table[data-rows] tbody tr").count(), heading).toBe(Math.min(count, 50));
}

test("a question is kept with its answer, and asked again it says whether the answer still holds", async ({ page }) => {
  await page.goto("/scoreboard/mql_to_sal_rate");
  const answer = await page.locator(".big").first().innerText();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("dialog", { name: "Save this question" }).getByLabel("Name").fill("Acceptance of the year");
  await page.getByRole("button", { name: "Save with its answer" }).click();

  await page.goto("/questions");
  await page.getByRole("link", { name: "Acceptance of the year" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Acceptance of the year");
  await expect(page.locator("main")).toContainText(answer);
  await isForEverybody(page);
});

test("what is tried on the plan changes what it takes, and an address keeps it", async ({ page }) => {
  await page.goto("/plan");
  const leads = page.locator("#answer").getByRole("row", { name: /^Leads/ }).first();
  const before = await leads.innerText();
  const slider = page.getByLabel("Lead to MQL");
  await slider.focus();
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("ArrowRight");
  await expect(leads).not.toHaveText(before, { useInnerText: true });
  await expect(page.getByRole("link", { name: "As the record has it" })).toBeVisible();

  const tried = await leads.innerText();
  await page.reload();
  await expect(leads).toHaveText(tried, { useInnerText: true });
  await page.getByRole("link", { name: "As the record has it" }).click();
  await expect(leads).toHaveText(before, { useInnerText: true });
});

test("a plan is saved, removed and brought back", async ({ page }) => {
  await page.goto("/plan");
  await page.getByRole("button", { name: "Save plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Save this plan" });
  await dialog.getByLabel("Name").fill("The careful one");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plan: The careful one");

  await page.getByRole("button", { name: "Remove The careful one" }).click();
  await expect(page.locator(".toasts")).toContainText("removed");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "The careful one" })).toBeVisible();
});

test("a cell of a cohort opens the leads that it counts", async ({ page }) => {
  await page.goto("/cohorts");
  await page.locator(".exhibit .drawn.wide a.p-mark").first().click();
  await hasItsRows(page);
  await isForEverybody(page);
});

test("a part of a change opens the leads that it counts", async ({ page }) => {
  await page.goto("/why?number=leads&by=campaign");
  await page.locator("main td a.rows").filter({ hasText: /[1-9]/, visible: true }).first().click();
  await hasItsRows(page);
  // A campaign is called by its name, never by its number.
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(/campaign \d+$/);
  await isForEverybody(page);
});
