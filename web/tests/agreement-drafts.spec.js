// A draft of the Agreement under two pairs of hands, and as a file.
import { readFile } from "node:fs/promises";
import { becomeAdmin, arrives, expect, joins, test as base } from "./tandem.js";

const COLLEAGUE = { name: "Bea Kraft", email: "bea@example.com", password: "seven white sheep asleep", role: "Marketing" };
/** Everybody signs in by themselves, on a record of their own. */
const test = base.extend({ company: async ({}, use) => use(undefined) });

const toast = (page, words) => expect(page.locator(".toast").filter({ hasText: words })).toBeVisible();
const press = (page, name) => page.getByRole("main").getByRole("button", { name, exact: true }).click();
const MQLS = "Marketing: MQLs a month";
const REVIEW = "Sales: review within (working hours)";

async function started(page) {
  await page.goto("/agreement/drafts");
  await page.getByLabel("What it is for").fill("Faster review");
  await press(page, "Start from version 1");
  await toast(page, "The draft is started.");
  return new URL(page.url()).pathname;
}

test("two people edit one draft: the later one keeps what they typed and sees what the other did", async ({ browser, empty }) => {
  const ana = await arrives(browser, empty.url);
  await becomeAdmin(ana, empty.link);
  const bea = await joins(browser, empty.url, ana, COLLEAGUE);
  const draft = await started(ana);
  for (const page of [ana, bea]) await page.goto(`${draft}/promises`);

  await bea.getByLabel(MQLS).fill("120");
  await press(bea, "Save the section");
  await toast(bea, "Saved");

  await ana.getByLabel(REVIEW).fill("12");
  await press(ana, "Save the section");
  await expect(ana.getByRole("alert").filter({ hasText: "Bea Kraft changed this draft meanwhile" })).toBeVisible();
  await expect(ana.getByLabel(REVIEW)).toHaveValue("12");
  // Beside the number that the colleague changed stands what saving again would do to it.
  await expect(ana.getByRole("alert").filter({ hasText: "Saving again changes this. Marketing promises 150 instead of 120" })).toBeVisible();
  await ana.getByLabel(MQLS).fill("120");
  await press(ana, "Save the section");
  await toast(ana, "Saved");

  await ana.goto(draft);
  await expect(ana.getByText(/2 changes against version 1/)).toBeVisible();
  for (const page of [ana, bea]) expect(page.faults.filter((fault) => !/status of 422/.test(fault))).toEqual([]);
});

test("a draft is downloaded as TOML, edited, and brought back", async ({ browser, empty }) => {
  const ana = await arrives(browser, empty.url);
  await becomeAdmin(ana, empty.link);
  const draft = await started(ana);
  const fetched = ana.waitForEvent("download");
  await ana.getByRole("link", { name: "Download" }).click();
  const text = await readFile(await (await fetched).path(), "utf8");
  const bring = async (edited) => {
    await ana.goto(`${draft}/text`);
    await ana.getByLabel("Or a file").setInputFiles({ name: "agreement.toml", mimeType: "application/toml", buffer: Buffer.from(edited) });
    await press(ana, "Save the text");
  };
  // As it is, it changes nothing.
  await bring(text);
  await toast(ana, "Nothing was changed.");
  await bring(text.replace("review_hours_max = 24", "review_hours_max = 16"));
  await toast(ana, "Saved: 1 change.");
  await ana.goto(`${draft}/promises`);
  await expect(ana.getByLabel(REVIEW)).toHaveValue("16");
  // A file that can't be read is refused with the line, and what was typed stays.
  await bring("title = ");
  await expect(ana.getByRole("alert")).toContainText("can’t be read as an Agreement");
  await expect(ana.getByLabel("Text")).toHaveValue("title = ");
  expect(ana.faults.filter((fault) => !/status of 422/.test(fault))).toEqual([]);
});
