// What the browser tests stand on: Tandem itself, started from the debug binary on a home of its own, and a page signed in to it.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base, expect } from "@playwright/test";

export { expect };

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const BINARY = process.env.TANDEM_BINARY ?? join(ROOT, "target/debug/tandem");
/** The sample's history ends here, so that every run looks at the same company. */
const ENDS_AT = "2026-06-30T12:00:00Z";

export const ADMIN = { name: "Ana Test", email: "ana@example.com", password: "four words in a row" };

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
    return { url: new URL(link).origin, link, stop };
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
      const server = await start("demo", "--scale", "0.05", "--ends-at", ENDS_AT);
      await use(await signedIn(browser, server));
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
    const faults = [];
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
    page.on("console", (message) => message.type() === "error" && faults.push(`${page.url()}: ${message.text()}`));
    await use(page);
    expect(faults, "errors in the browser's console").toEqual([]);
  },
});
