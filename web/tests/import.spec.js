import { becomeAdmin, expect, test } from "./tandem.js";

test.use({ company: null });

const LEADS = `Lead ID,Full name,E-mail,Company name,Source,Created,MQL date
L-1,Ana Sá,ana@acme.example,Acme,webinar,2026-03-02,2026-03-03
L-2,Rui Lux,rui@lux.example,Lux,organic_search,2026-03-04,
L-3,Eva Öst,eva@ost.example,Öst,webinar,not a date,
`;

test("a file is mapped, tried, imported and taken back", async ({ page, empty }) => {
  await becomeAdmin(page, empty.link);
  await page.goto(`${empty.url}/imports/new`);
  await page.locator("#files").setInputFiles({ name: "leads.csv", mimeType: "text/csv", buffer: Buffer.from(LEADS) });
  await page.getByRole("button", { name: "Look at them" }).click();

  // The mapping is guessed, with samples and a preview beside it.
  await expect(page.getByRole("heading", { name: "What the columns are" })).toBeVisible();
  await page.getByLabel("Each row is a").selectOption("lead");
  await page.getByRole("button", { name: "Guess again" }).click();
  await expect(page.getByLabel("E-mail becomes")).not.toHaveValue("");
  await expect(page.getByText("ana@acme.example").first()).toBeVisible();

  // Trying counts and keeps nothing.
  await page.getByRole("button", { name: "Try without keeping" }).click();
  const tried = page.getByRole("status").filter({ hasText: "This is what would happen" });
  await expect(tried.locator("div", { hasText: /^Rows/ })).toContainText("3");
  await expect(tried.locator("div", { hasText: /^Rejected/ })).toContainText("1");
  const mapping = page.url();
  await page.goto(`${empty.url}/leads`);
  await expect(page.getByRole("link", { name: "Ana Sá" })).toHaveCount(0);
  await page.goto(mapping);
  await page.getByLabel("Each row is a").selectOption("lead");
  await page.getByRole("button", { name: "Guess again" }).click();

  // Running shows how it went; the rejected row can be had back.
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("button", { name: "Undo this import" })).toBeVisible();
  await expect(page.locator("div", { hasText: /^Rejected1$/ })).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const imported = page.url();
  await page.goto(`${empty.url}/leads`);
  await expect(page.getByRole("link", { name: "Ana Sá" })).toBeVisible();

  // Undo leaves the record as it was.
  await page.goto(imported);
  await page.getByRole("button", { name: "Undo this import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo import" }).click();
  await expect(page.getByText("is undone")).toBeVisible();
  await page.goto(`${empty.url}/leads`);
  await expect(page.getByRole("link", { name: "Ana Sá" })).toHaveCount(0);
});
