// From an Agreement without criteria to a settled month, as a marketing lead and a sales lead would go who have never seen Tandem.
import { arrives, becomeAdmin, expect, invited, isForEverybody, joins, test as base } from "./tandem.js";

const MARKETING = { name: "Marta Lopes", email: "marta@example.com", password: "a garden of many words", role: "Marketing" };
const SALES = { name: "Sven Dahl", email: "sven@example.com", password: "a boat with seven sails", role: "Sales" };
const REP = { name: "Clara Berg", email: "clara@example.com", role: "Sales" };
/** Everybody signs in by themselves. */
const test = base.extend({ company: async ({}, use) => use(undefined) });

const main = (page) => page.getByRole("main");
const toast = (page, words) => expect(page.locator(".toast").filter({ hasText: words })).toBeVisible();
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const within = (page, legend) => page.getByRole("group", { name: legend, exact: true });

function nothingBroke(page) {
  const broken = page.faults.filter((fault) => !/status of (403|409|422)/.test(fault));
  expect(broken, "errors in the browser's console").toEqual([]);
}

async function nameHeads(admin) {
  await admin.goto("/settings/heads");
  for (const [side, person] of [["marketing", MARKETING], ["sales", SALES]]) {
    const choice = admin.getByLabel(`Head of ${side}`);
    await choice.selectOption({ label: person.name });
    await admin.locator("form", { has: choice }).getByRole("button", { name: "Save" }).click();
    await expect(choice.locator("option:checked")).toHaveText(person.name);
  }
  await isForEverybody(admin);
}

/** Gives what talks to the API with a token made on the settings page. */
async function tokenFor(page, playwright, timed) {
  await page.goto("/settings/tokens");
  await page.getByLabel("Name", { exact: true }).fill("Website");
  await page.getByLabel(/^write/).check();
  await press(page, "Make token");
  const token = await page.locator("#made").innerText();
  await isForEverybody(page);
  const api = await playwright.request.newContext({ baseURL: timed.url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  const ask = async (method, path, data) => {
    const answer = await api.fetch(`/api/v1/${path}`, { method, data });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.json();
  };
  return { get: (path) => ask("GET", path), post: (path, data) => ask("POST", path, data), close: () => api.dispose() };
}

/** Somebody who fits the ideal customer, at a company of their own. */
async function prospect(api, name) {
  const company = `${name.split(" ")[1]} Logistics`;
  const made = await api.post("companies", { name: company, industry: "Logistics", country: "Germany", employees: 400 });
  const email = `${name.split(" ")[0].toLowerCase()}@${name.split(" ")[1].toLowerCase()}.example`;
  return (await api.post("people", { name, email, job_title: "CTO", country: "Germany", company_id: made.id })).id;
}

const download = (person_id, at) => ({ person_id, kind: "download", at, channel: "organic", source: "website" });

async function startDraft(page) {
  await page.goto("/agreement");
  await expect(page.getByText("Version 2, in force since")).toBeVisible();
  await isForEverybody(page);
  await page.getByRole("link", { name: "Propose a change" }).click();
  await page.getByLabel("What it is for").fill("What an MQL is, and who gets it");
  await press(page, "Start from a proposal");
  await toast(page, "The draft is started.");
  await isForEverybody(page);
  return Number(new URL(page.url()).pathname.split("/").pop());
}

/** Marketing asks for fewer points and for another condition, and sees it in words before and after it is saved. */
async function editCriteria(page) {
  await page.getByRole("link", { name: "Stages", exact: true }).click();
  const mql = within(page, "MQL");
  for (const points of await mql.getByLabel("is at least", { exact: true }).all()) await points.fill("20");
  const fields = await mql.getByLabel("Field", { exact: true }).count();
  await mql.getByRole("button", { name: "+ Field" }).last().click();
  await expect(mql.getByLabel("Field", { exact: true })).toHaveCount(fields + 1);
  await mql.getByLabel("Field", { exact: true }).last().selectOption({ label: "e-mail address" });
  await mql.getByLabel("Test", { exact: true }).last().selectOption({ label: "is filled in" });
  await press(page, "Save the section");
  await toast(page, "Saved");
  await expect(mql.getByText(/In words: .*e-mail address is filled in/)).toBeVisible();
  await isForEverybody(page);
}

/** The Agreement in force leaves routing to sales. */
async function cannotRoute(page, draft) {
  await page.goto(`/agreement/drafts/${draft}/routing`);
  await page.getByLabel("Queue for leads that no rule places").fill("Ours");
  await press(page, "Save the section");
  await expect(page.getByRole("alert")).toContainText("this is sales’ part, and your role is marketing");
  await expect(page.getByLabel("Queue for leads that no rule places")).toHaveValue("Ours");
}

/** Sales says who takes turns, and that it reviews within a working day. */
async function editRouting(page, draft) {
  await page.goto(`/agreement/drafts/${draft}/routing`);
  const field = (path) => page.locator(`[name="routing.${path}"]`);
  await press(page, "Add pool");
  await field("pools.0.key").fill("reps");
  await field("pools.0.name").fill("Reps");
  for (const [place, name] of [SALES.name, REP.name].entries()) {
    await press(page, "Add member");
    await field(`pools.0.members.${place}.user`).selectOption({ label: name });
  }
  await press(page, "Add rule");
  await field("rules.1.name").fill("Everybody else");
  await field("rules.1.to.kind").selectOption({ label: "a pool" });
  await field("rules.1.to.pool").selectOption({ label: "Reps" });
  await press(page, "Save the section");
  await toast(page, "Saved");
  await isForEverybody(page);
  await page.goto(`/agreement/drafts/${draft}/promises`);
  await page.getByLabel("Sales: review within (working hours)").fill("8");
  await press(page, "Save the section");
  await toast(page, "Saved");
}

async function backtested(page, draft) {
  await page.goto(`/agreement/drafts/${draft}/backtest`);
  await press(page, "Run the backtest");
  await expect(page.getByRole("heading", { name: "Side by side" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "MQLs per month" })).toBeVisible();
  await isForEverybody(page);
}

/** From what they were told to the page where it is done. */
async function follows(page, told) {
  await page.goto("/notifications");
  await page.getByRole("button", { name: `Open: ${told}` }).first().click();
}

async function cannotSign(page, draft) {
  await page.goto(`/agreement/drafts/${draft}/signature`);
  await expect(page.getByRole("button", { name: "Sign as head of sales" })).toHaveCount(0);
  const hash = await page.locator("input[name=hash]").first().inputValue();
  const answer = await page.request.post(`/agreement/drafts/${draft}/signature`, { form: { side: "sales", hash } });
  expect(answer.status()).toBe(403);
  expect(await answer.text()).toContain(`${SALES.name} signs for sales`);
}

async function agreed(marketing, sales, draft) {
  await backtested(marketing, draft);
  await cannotSign(marketing, draft);
  await marketing.goto(`/agreement/drafts/${draft}/signature`);
  await press(marketing, "Sign as head of marketing");
  await toast(marketing, "You have signed.");
  await editRouting(sales, draft);

  await follows(marketing, "A draft that you signed was changed");
  await expect(main(marketing).getByText("Signed by nobody yet.")).toBeVisible();
  await marketing.getByRole("link", { name: "Read and sign" }).click();
  await expect(marketing.getByText("of an earlier text")).toBeVisible();
  await press(marketing, "Sign as head of marketing");
  await toast(marketing, "You have signed.");
  await isForEverybody(marketing);

  await follows(sales, "A draft of the Agreement waits for your signature");
  await press(sales, "Sign as head of sales");
  await toast(sales, "Both teams have signed: this is version 3.");
  await expect(sales.getByRole("heading", { name: /Version 3\s+in force/ })).toBeVisible();
  await isForEverybody(sales);
}

/** Opens the lead of this name from the list of all that wait for a review, and gives its id. */
async function opens(page, name) {
  await page.goto("/handoff?tab=review&whose=all");
  await page.locator(".inbox .item > a", { hasText: name }).click();
  await expect(page.locator(".story .name")).toHaveText(name);
  return Number(new URL(page.url()).pathname.split("/").pop());
}

const fact = (page, name) => page.locator(".story dl.facts > div", { has: page.getByText(name, { exact: true }) }).locator("dd");
const stands = (page, stage) => expect(page.locator(".story .page-head .tag")).toHaveText(stage);

async function reviews(sales) {
  const accepted = await opens(sales, "Ines Prado");
  await expect(fact(sales, "Routed because")).toContainText("Reps");
  await expect(fact(sales, "Review due")).toContainText("in 8 working hours");
  await expect(sales.getByRole("heading", { name: "Why an MQL" })).toBeVisible();
  await isForEverybody(sales);
  await sales.keyboard.press("a");
  await toast(sales, "Accepted.");

  const rejected = await opens(sales, "Otto Brand");
  await sales.keyboard.press("r");
  await sales.keyboard.press("2");
  await sales.getByLabel("Note for marketing").fill("They only have forty trucks.");
  await sales.keyboard.press("Control+Enter");
  await toast(sales, "Rejected");

  await opens(sales, "Mara Voss");
  await sales.keyboard.press("n");
  await sales.keyboard.press("1");
  await sales.keyboard.press("Enter");
  await toast(sales, "Back to nurture.");
  return { accepted, rejected };
}

async function appealed(marketing, sales, lead) {
  await marketing.goto("/handoff/marketing?stage=rejected");
  await main(marketing).getByRole("link", { name: "Otto Brand" }).first().click();
  await marketing.getByLabel("Why the rejection was wrong").fill("They have four hundred people; see their site.");
  await press(marketing, "Appeal");
  await toast(marketing, "Appealed.");
  await expect(marketing.getByText("Waits for the head of sales.")).toBeVisible();
  await isForEverybody(marketing);
  await sales.goto(`/handoff/${lead}`);
  await press(sales, "Overturn it");
  await toast(sales, "Decided.");
  await sales.locator(".story .message a").click();
  await stands(sales, "MQL");
}

async function workedToDeal(sales, lead) {
  await sales.goto(`/handoff/${lead}`);
  await sales.keyboard.press("l");
  await sales.keyboard.press("1");
  await sales.keyboard.press("Enter");
  await toast(sales, "Logged.");
  for (const item of ["Need", "Budget", "Authority", "Timeline"]) {
    await sales.getByRole("button", { name: `${item} confirmed` }).click();
    await expect(sales.getByRole("button", { name: `${item} confirmed` })).toHaveAttribute("aria-pressed", "true");
  }
  await sales.keyboard.press("q");
  await toast(sales, "It is an SQL now.");
  await sales.keyboard.press("d");
  await sales.getByLabel(/^Role of/).fill("decision maker");
  await sales.getByLabel(/^Amount/).fill("24,000");
  await sales.getByRole("dialog").getByRole("button", { name: "Open deal" }).click();
  await toast(sales, "is open.");
  await stands(sales, "Opportunity");
}

/** Nobody looks at a lead: the head of sales hears of it, and four working hours later somebody else has it. */
async function breached(sales, timed) {
  const lead = await opens(sales, "Lena Falk");
  const owner = (await fact(sales, "Owner").innerText()).trim();
  await timed.moveTo("2026-07-01T11:06:00Z");
  await sales.goto("/notifications");
  await expect(main(sales).getByText("Review for Lena Falk (Falk Logistics) is late").first()).toBeVisible();
  await isForEverybody(sales);
  await sales.goto(`/handoff/${lead}`);
  await expect(fact(sales, "Review due")).toContainText("late by 5 working minutes");
  await timed.moveTo("2026-07-01T15:05:00Z");
  await sales.reload();
  const other = owner === REP.name ? SALES.name : REP.name;
  await expect(fact(sales, "Owner")).toHaveText(other);
  await expect(fact(sales, "Routed because")).toContainText("the review was late");
}

async function closes(page, side) {
  await page.goto("/promises?period=2026-06");
  await isForEverybody(page);
  await press(page, `Close for ${side}`);
}

async function settled(marketing, sales, api, late) {
  await closes(marketing, "marketing");
  await toast(marketing, "Closed for your side.");
  await closes(sales, "sales");
  await toast(sales, "The month is settled.");
  const before = await api.get("promises?period=2026-06");
  expect(before.is_settled).toBe(true);
  // A touch of June that is learned of only now changes no settled number.
  await api.post("touches", { touches: [download(late, "2026-06-30T16:00:00Z")] });
  const after = await api.get("promises?period=2026-06");
  expect([after.lines, after.credits]).toEqual([before.lines, before.credits]);
  await sales.goto("/promises?period=2026-06");
  await expect(main(sales).getByText("Changed since it was settled")).toBeVisible();
}

test("two teams agree, hand leads over, and settle the month", async ({ browser, playwright, timed }) => {
  test.setTimeout(300_000);
  const admin = await arrives(browser, timed.url);
  await becomeAdmin(admin, timed.link);
  const marketing = await joins(browser, timed.url, admin, MARKETING);
  const sales = await joins(browser, timed.url, admin, SALES);
  // A rep gets leads also before they have opened their link.
  await invited(admin, REP);
  await isForEverybody(admin);
  await nameHeads(admin);

  const draft = await test.step("marketing starts a draft", () => startDraft(marketing));
  await test.step("marketing says what an MQL is", () => editCriteria(marketing));
  await test.step("marketing leaves routing to sales", () => cannotRoute(marketing, draft));
  await test.step("both sign", () => agreed(marketing, sales, draft));

  const api = await tokenFor(admin, playwright, timed);
  await timed.moveTo("2026-06-30T12:01:00Z");
  const people = await test.step("leads flow", async () => {
    const made = [];
    for (const name of ["Ines Prado", "Otto Brand", "Mara Voss", "Lena Falk", "Late Comer"]) made.push(await prospect(api, name));
    await api.post("touches", { touches: made.slice(0, 4).map((id) => download(id)) });
    return made;
  });
  const { accepted, rejected } = await test.step("sales reviews", () => reviews(sales));
  await test.step("marketing appeals", () => appealed(marketing, sales, rejected));
  await test.step("a lead is worked on to a deal", () => workedToDeal(sales, accepted));
  await test.step("a review is late", () => breached(sales, timed));
  await test.step("the month is settled", () => settled(marketing, sales, api, people[4]));
  for (const page of [admin, marketing, sales]) nothingBroke(page);
  await api.close();
});
