// Routing: somebody is away, a lead out of the queue is given to a rep, and the month is replayed under a draft.
import { AxeBuilder } from "@axe-core/playwright";
import { ADMIN, expect, test } from "./tandem.js";

const MILLIS_PER_DAY = 86_400_000;
const card = (page, heading) => page.locator("section.card").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });
const toast = (page, words) => expect(page.locator(".toast").filter({ hasText: words })).toBeVisible();
const day = (daysAhead) => new Date(Date.now() + daysAhead * MILLIS_PER_DAY).toISOString().slice(0, 10);

async function isForEverybody(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`)).toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond, "pixels by which it is wider than the screen").toBeLessThanOrEqual(0);
}

/** An MQL that came without an owner: without rules it waits to be placed. Gives its instant. */
async function waits(page, name) {
  const [email, at] = [`${name.toLowerCase()}@routed.example`, new Date(Date.now() - 60_000).toISOString()];
  const files = {
    "people.csv": `person_id,email,name\n${email},${email},${name}\n`,
    "leads.csv": `lead_id,person_email,opened_at,mql_at\n${email},${email},${at},${at}\n`,
  };
  for (const [file, text] of Object.entries(files)) {
    const multipart = { file: { name: file, mimeType: "text/csv", buffer: Buffer.from(text) } };
    expect((await page.request.post("/api/v1/imports?recipe=tandem", { multipart })).status(), file).toBe(201);
  }
  return at;
}

/** An open draft in which one rule gives every lead to the administrator. */
async function draftWithRule(page) {
  const { id, text, edits } = await (await page.request.post("/api/v1/agreement-drafts", { data: { note: "All to one" } })).json();
  const rule = `[[routing.rules]]\nname = "All"\nto = { user = "${ADMIN.email}" }\n`;
  const edited = await page.request.put(`/api/v1/agreement-drafts/${id}`, { data: { edits, text: `${text}\n${rule}` } });
  expect(edited.status(), await edited.text()).toBe(200);
  return id;
}

test("an absence is added and taken back", async ({ page }) => {
  await page.goto("/routing");
  const away = card(page, "Away");
  await away.getByText("Add an absence").click();
  await isForEverybody(page);
  await away.getByLabel("Who").selectOption(ADMIN.name);
  await away.getByLabel("First day away").fill(day(2));
  await away.getByLabel("Last day away").fill(day(4));
  await away.getByLabel("Note").fill("At the fair");
  await away.getByRole("button", { name: "Add absence" }).click();
  await toast(page, `${ADMIN.name} gets no leads until`);
  await expect(away.getByRole("row", { name: ADMIN.name })).toContainText("At the fair");
  await page.getByRole("button", { name: "Undo" }).click();
  await toast(page, "The absence is taken back");
  await expect(away.getByText("At the fair")).toHaveCount(0);

  // Wrong days are said in words.
  await away.getByText("Add an absence").click();
  await away.getByLabel("First day away").fill(day(4));
  await away.getByLabel("Last day away").fill(day(2));
  await away.getByRole("button", { name: "Add absence" }).click();
  await toast(page, "it comes before the first day");
});

test("a lead is given out of the queue, and the month is replayed under a draft", async ({ page }) => {
  await waits(page, "Pia");
  const at = await waits(page, "Eva");
  await page.goto("/routing");
  const queue = card(page, "Waiting to be placed");
  await expect(queue.getByRole("row", { name: "Pia" })).toContainText("No routing rules, and no owner as it came.");
  await page.setViewportSize({ width: 390, height: 844 });
  await isForEverybody(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await queue.getByLabel("Owner of Pia").selectOption("me");
  await queue.getByRole("button", { name: "Give Pia" }).click();
  await toast(page, `Pia went to ${ADMIN.name}.`);
  await expect(queue.getByText("Pia")).toHaveCount(0);
  await expect(page.locator("#log").getByText(`${ADMIN.name} took it.`)).toBeVisible();

  const draft = await draftWithRule(page);
  await page.getByRole("link", { name: "Replay a month" }).click();
  await page.getByLabel("Month").fill(at.slice(0, 7));
  await page.getByLabel("Under").selectOption(`Draft ${draft}: All to one`);
  const elsewhere = card(page, "Leads that would have gone elsewhere");
  await expect(elsewhere.getByRole("row", { name: "Eva" })).toContainText(`All: ${ADMIN.name} by name.`);
  await isForEverybody(page);
  await page.getByLabel("Under").selectOption("Version 1");
  await expect(page.getByText("every lead goes where it went")).toBeVisible();
  expect((await page.request.delete(`/api/v1/agreement-drafts/${draft}`)).ok()).toBe(true);
});
