import { ADMIN, becomeAdmin, expect, test } from "./tandem.js";

test.use({ company: null });

test("the one-time link makes the first administrator, who can sign out and in again", async ({ page, empty }) => {
  await becomeAdmin(page, empty.link);
  await expect(page.getByText(ADMIN.name).first()).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Welcome, ${ADMIN.name}` })).toBeVisible();
});

test("whoever is not signed in comes back to the page they asked for", async ({ page, empty }) => {
  await becomeAdmin(page, empty.link);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${empty.url}/agreement`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${empty.url}/agreement`);
});
