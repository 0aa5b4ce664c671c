// Debian's Chromium, and a page in it that tells what goes wrong.

import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const places = [process.env.ALSACE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** The browser's path, or null: on Ubuntu the package is a stub that installs another one. */
export const browserPath = places.find((place) => place && existsSync(place)) ?? null;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? "",
    headless: true,
    args: [
      "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    ],
  });
}

export interface Watched {
  page: Page;
  /** Errors and warnings of the console, and exceptions. */
  complaints: string[];
  /** Every address that was asked for, but the page itself. */
  requests: string[];
}

export async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    // The software renderer of a headless browser speaks of itself.
    if (["error", "warning"].includes(message.type()) && !/GPU stall|GroupMarker|swiftshader/i.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url() !== address.split("#")[0] && requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests };
}
