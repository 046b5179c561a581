// What the browser tests stand on: Tandem itself, started from the debug binary on a home of its own, and a page signed in to it.
import { spawn } from "node:child_process";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";

export { expect };

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const BINARY = process.env.TANDEM_BINARY ?? join(ROOT, "target/debug/tandem");
/** The sample's history ends here, so that every run looks at the same company. */
const ENDS_AT = "2026-06-30T12:00:00Z";

export const ADMIN = { name: "Ana Test", email: "ana@example.com", password: "four words in a row" };

const SAMPLE = ["demo", "--scale", "0.05", "--ends-at", ENDS_AT];

/** A clock that stands still until it is moved. The file changes at once: half an instant would be read as none. */
async function setClock(file, instant) {
  await writeFile(`${file}.next`, instant);
  await rename(`${file}.next`, file);
}

/** Runs a command beside the server and gives what it printed. */
async function run(...command) {
  const child = spawn(BINARY, command, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`tandem ${command.join(" ")} ended with ${code}:\n${said}`);
  return said;
}

/** The sample company in which time passes only as the test says: `moveTo` sets the clock and lets come due what is due by then. */
async function startTimed() {
  const folder = await mkdtemp(join(tmpdir(), "tandem-clock-"));
  const file = join(folder, "now");
  await setClock(file, ENDS_AT);
  const server = await start("--clock", file, ...SAMPLE);
  const moveTo = async (instant) => {
    await setClock(file, instant);
    await run("--home", server.home, "--clock", file, "clocks", "tick");
  };
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, moveTo, stop };
}

/** Starts Tandem on an empty home and resolves when it has said where it listens and how to become the administrator. */
async function start(...command) {
  const home = await mkdtemp(join(tmpdir(), "tandem-browser-"));
  const child = spawn(BINARY, ["--home", home, ...command, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const stop = async () => {
    const gone = new Promise((resolve) => (child.exitCode ?? child.signalCode) === null ? child.once("exit", resolve) : resolve());
    // Killed, as a machine that loses power would: the home goes with it.
    child.kill("SIGKILL");
    await gone;
    await rm(home, { recursive: true, force: true });
  };
  try {
    const link = await new Promise((resolve, reject) => {
      const hear = (bytes) => {
        said += bytes;
        const found = said.match(/http:\/\/[\d.]+:\d+\/\S+/);
        if (found) resolve(found[0]);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`tandem ended with ${code}:\n${said}`)));
    });
    return { url: new URL(link).origin, home, link, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the first account through the one-time link. */
export async function becomeAdmin(page, link) {
  await page.goto(link);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Make my account" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeAttached();
}

/** Collects what goes wrong on a page without anybody seeing it. */
export function watch(page) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
  page.on("console", (message) => message.type() === "error" && faults.push(`${page.url()}: ${message.text()}`));
  return faults;
}

/** Axe finds nothing serious on the page. */
export async function isForEverybody(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(bad.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`), `axe on ${page.url()}`).toEqual([]);
}

/** Somebody at a browser of their own, who waits for nothing longer than a few seconds. */
export async function arrives(browser, url) {
  const page = await (await browser.newContext({ baseURL: url })).newPage();
  page.setDefaultTimeout(10_000);
  page.faults = watch(page);
  return page;
}

/** The administrator invites somebody; gives their one-time link. */
export async function invited(admin, person) {
  await admin.goto("/settings/users");
  await admin.getByLabel("Name", { exact: true }).fill(person.name);
  await admin.getByLabel("E-mail", { exact: true }).fill(person.email);
  await admin.getByLabel("Role", { exact: true }).selectOption({ label: person.role });
  await admin.getByRole("button", { name: "Make the one-time link" }).click();
  await expect(admin.getByRole("heading", { name: `One-time link for ${person.name}` })).toBeVisible();
  return admin.locator("#made").innerText();
}

/** Somebody is invited and comes in by their link. */
export async function joins(browser, url, admin, person) {
  const link = await invited(admin, person);
  const page = await arrives(browser, url);
  await page.goto(link);
  await expect(page.getByRole("heading", { name: `Welcome, ${person.name}` })).toBeVisible();
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeAttached();
  return page;
}

async function signedIn(browser, server) {
  const context = await browser.newContext();
  await becomeAdmin(await context.newPage(), server.link);
  const state = await context.storageState();
  await context.close();
  return { url: server.url, state };
}

export const test = base.extend({
  /** A small sample company, and a session in it. */
  sample: [
    async ({ browser }, use) => {
      const server = await start(...SAMPLE);
      await use(await signedIn(browser, server));
      await server.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],

  /** The same company for one file alone, with a clock that is moved by hand and nobody signed in yet. */
  timed: [
    async ({}, use) => {
      const server = await startTimed();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],

  /** A record without anything in it, for one test alone, in which nobody has an account yet. */
  empty: async ({}, use) => {
    const server = await start("serve");
    await use(server);
    await server.stop();
  },

  /** Whom the page's session is of; a test that wants nobody signed in sets it to null. */
  company: async ({ sample }, use) => use(sample),
  baseURL: async ({ company }, use) => use(company?.url),
  storageState: async ({ company }, use) => use(company?.state),

  /** A page on which nothing may go wrong in silence. */
  page: async ({ page }, use) => {
    const faults = watch(page);
    await use(page);
    expect(faults, "errors in the browser's console").toEqual([]);
  },
});
