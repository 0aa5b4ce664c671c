// Debian's Chromium, and a page in it that tells what goes wrong.

import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const named = process.env.ALSACE_CHROMIUM || "/usr/bin/chromium";

/** The browser's path, or null where there is none: Ubuntu has no package of it, but a snap. */
export const browserPath = existsSync(named) ? named : null;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? "",
    headless: true,
    args: [
      "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--disable-gpu",
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

/**
 * What the page finds of WebGL2: "none", "slow" (a headless browser makes it in software, and the page
 * declines it), or the same given to the page as if it were "fast".
 */
export type Webgl = "none" | "slow" | "fast";

export interface OpenOptions extends BrowserContextOptions {
  webgl?: Webgl;
}

function pretend(webgl: Webgl): void {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, attributes?: object) {
    if (kind === "webgl2" && webgl === "none") return null;
    return Reflect.apply(getContext, this, [kind, { ...attributes, failIfMajorPerformanceCaveat: false }]) as RenderingContext;
  } as typeof getContext;
  const { getExtension } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.getExtension = function (this: WebGL2RenderingContext, name: string) {
    return name === "WEBGL_debug_renderer_info" ? null : (Reflect.apply(getExtension, this, [name]) as unknown);
  } as typeof getExtension;
}

export async function open(browser: Browser, address: string, options: OpenOptions = {}): Promise<Watched> {
  const { webgl = "slow", ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...rest });
  if (webgl !== "slow") await context.addInitScript(pretend, webgl);
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
