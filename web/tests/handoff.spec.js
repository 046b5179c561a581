// The hand-off desk: reviewed by keyboard, asked and answered, worked to a deal, many at once, and taken back.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./tandem.js";

const REVIEW = "/handoff?tab=review&whose=all";
const name = (page) => page.locator(".story .name");
const toast = (page, words) => expect(page.locator(".toast").filter({ hasText: words })).toBeVisible();
const leadOf = (page) => Number(new URL(page.url()).pathname.split("/").pop());
const tag = (page) => page.locator(".story .page-head .tag");

/** The sample has few leads to review on its last day: these are enough for every test to take some. */
test.beforeAll(async ({ browser, sample }) => {
  const context = await browser.newContext({ baseURL: sample.url, storageState: sample.state });
  const made = async (path, data) => (await (await context.request.post(`/api/v1/${path}`, { data })).json()).id;
  const companies = await (await context.request.get("/api/v1/companies?limit=14")).json();
  // The sample's Agreement has no rules of routing: a lead without an owner would wait in the queue.
  const [{ id: owner_id }] = (await (await context.request.get("/api/v1/users?limit=1")).json()).items;
  for (const [index, { id }] of companies.items.entries()) {
    const name = `Nova ${String.fromCharCode(65 + index)}`;
    const person_id = await made("people", { name, email: `nova${index}@example.com`, company_id: id, job_title: "COO" });
    const lead = await made("leads", { person_id, owner_id, source: "webinar" });
    const answer = await context.request.post(`/api/v1/leads/${lead}/transitions`, { data: { stage: "mql" } });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
  await context.close();
});

/** Opens the first lead to review at its own address and gives its id. */
async function first(page) {
  await page.goto(REVIEW);
  await page.locator(".inbox .item > a").first().click();
  await expect(page).toHaveURL(/\/handoff\/\d+/);
  return leadOf(page);
}

test("a lead is reviewed by keyboard, and the next one opens", async ({ page }) => {
  await first(page);
  const [one, two] = await page.locator(".inbox .item .strong").allTextContents();
  await page.keyboard.press("j");
  await expect(name(page)).toHaveText(two);
  await page.keyboard.press("k");
  await expect(name(page)).toHaveText(one);
  await page.keyboard.press("a");
  await toast(page, "Accepted.");
  await expect(name(page)).toHaveText(two);
});

test("a stage opens its definition, and Escape closes it", async ({ page }) => {
  const lead = await first(page);
  const note = page.getByRole("dialog", { name: "Definition" });
  await tag(page).click();
  await expect(note).toContainText("Marketing qualified lead");
  await page.keyboard.press("a");
  await page.keyboard.press("Escape");
  await expect(note).toBeHidden();
  await expect(tag(page), "keys do nothing to the lead beneath a definition").toHaveText("MQL");
  await page.goto(`/leads/${lead}`);
  await page.getByRole("button", { name: "SQL", exact: true }).press("Enter");
  await expect(note).toContainText("a rep spoke with the person");
});

test("a rejection takes a key, a digit and Enter, and can be taken back", async ({ page }) => {
  const lead = await first(page);
  await page.keyboard.press("r");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("2");
  await expect(page.getByRole("radio", { name: "Company too small" })).toBeChecked();
  await page.keyboard.press("Enter");
  await toast(page, "Rejected");
  await page.getByRole("button", { name: "Undo" }).click();
  await toast(page, "Taken back.");
  await page.goto(`/handoff/${lead}`);
  await expect(tag(page)).toHaveText("MQL");
});

test("a message stays while it is pointed at, and its undo stands on the record", async ({ page }) => {
  await page.clock.install();
  await page.goto(REVIEW);
  await page.locator(".inbox .item > a").first().click();
  await expect(page).toHaveURL(/\/handoff\/\d+/);
  const lead = leadOf(page);
  await page.keyboard.press("a");
  await toast(page, "Accepted.");
  await page.locator(".toast").hover();
  await page.clock.fastForward(60_000);
  await toast(page, "Accepted.");
  await page.mouse.move(0, 0);
  await page.clock.fastForward(60_000);
  await expect(page.locator(".toast")).toHaveCount(0);
  await page.goto(`/leads/${lead}`);
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await page.goto(`/handoff/${lead}`);
  await page.keyboard.press("u");
  await toast(page, "Taken back.");
  await expect(tag(page)).toHaveText("MQL");
  await expect(page.locator(".act").getByRole("button", { name: "Undo" })).toHaveCount(0);
});

test("a lead goes back to nurture with a date", async ({ page }) => {
  const lead = await first(page);
  await page.keyboard.press("n");
  await page.keyboard.press("1");
  await page.getByLabel("Look again on").fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await page.getByRole("button", { name: "Send back" }).click();
  await toast(page, "Back to nurture.");
  await page.goto(`/handoff/${lead}`);
  await expect(tag(page)).toHaveText("Recycled");
  await expect(page.getByText("Look again")).toBeVisible();
});

test("marketing is asked and answers", async ({ page }) => {
  await first(page);
  await page.keyboard.press("m");
  await page.getByLabel("Question").fill("Which webinar was it?");
  await page.keyboard.press("Control+Enter");
  await toast(page, "Marketing was asked.");
  await page.getByRole("textbox", { name: "Answer" }).fill("The one on cold chains.");
  await page.getByRole("button", { name: "Answer" }).click();
  await toast(page, "Answered.");
  await expect(page.getByText("The one on cold chains.")).toBeVisible();
});

async function qualified(page) {
  const lead = await first(page);
  await page.keyboard.press("a");
  await toast(page, "Accepted.");
  await page.goto(`/handoff/${lead}`);
  await page.keyboard.press("l");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await toast(page, "Logged.");
  await page.keyboard.press("q");
  await toast(page, "confirm Need confirmed");
  for (const item of ["Need", "Budget", "Authority", "Timeline"]) {
    await page.getByRole("button", { name: `${item} confirmed` }).click();
    await expect(page.getByRole("button", { name: `${item} confirmed` })).toHaveAttribute("aria-pressed", "true");
  }
  await page.keyboard.press("q");
  await toast(page, "It is an SQL now.");
  return lead;
}

test("an accepted lead is worked on to a deal", async ({ page }) => {
  await qualified(page);
  await page.keyboard.press("d");
  await page.getByLabel(/^Role of/).fill("decision maker");
  await page.getByLabel(/^Amount/).fill("12,500");
  await page.getByRole("button", { name: "Open deal", exact: false }).last().click();
  await toast(page, "is open.");
  await expect(tag(page)).toHaveText("Opportunity");
});

test("a lead joins an open deal of its company", async ({ page }) => {
  const lead = await qualified(page);
  const { company_id } = await (await page.request.get(`/api/v1/leads/${lead}`)).json();
  const made = await page.request.post("/api/v1/deals", { data: { name: "Joined by many", company_id } });
  expect(made.status()).toBe(201);
  const deal = (await made.json()).id;
  await page.reload();
  await page.keyboard.press("d");
  await page.getByLabel("Deal", { exact: true }).selectOption(String(deal));
  await page.getByLabel(/^Role of/).fill("champion");
  await page.getByRole("button", { name: "Open deal", exact: false }).last().click();
  await toast(page, `Joined deal ${deal}.`);
  const { people } = await (await page.request.get(`/api/v1/deals/${deal}`)).json();
  expect(people.map(({ role }) => role)).toEqual(["champion"]);
});

test("many are sent back at once, and taken back at once", async ({ page }) => {
  await page.goto(REVIEW);
  const boxes = page.locator(".inbox .item > input");
  for (const index of [0, 1, 2]) await boxes.nth(index).check();
  await page.getByRole("group", { name: "With the chosen leads" }).getByRole("button", { name: "Nurture" }).click();
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await toast(page, "3 leads sent back to nurture.");
  await page.getByRole("button", { name: "Undo" }).click();
  await toast(page, "Taken back.");
});

test("a rejection is appealed and overturned", async ({ page }) => {
  const lead = await first(page);
  await page.keyboard.press("r");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await toast(page, "Rejected");
  await page.goto("/handoff/marketing?stage=rejected");
  await expect(page.locator(`a[href="/handoff/${lead}"]`).first()).toBeVisible();
  await page.goto(`/handoff/${lead}`);
  await page.getByLabel("Why the rejection was wrong").fill("They are in the right industry.");
  await page.getByRole("button", { name: "Appeal" }).click();
  await toast(page, "Appealed.");
  await page.getByRole("button", { name: "Overturn it" }).click();
  await toast(page, "Decided.");
  await page.locator(".story .message a").click();
  await expect(tag(page)).toHaveText("MQL");
});

for (const address of [REVIEW, "/handoff/marketing"]) {
  test(`${address} is for everybody`, async ({ page }) => {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`), colorScheme).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, "pixels by which it is wider than a phone").toBeLessThanOrEqual(0);
  });
}
