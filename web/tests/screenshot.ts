// Takes a picture of a report: node tests/screenshot.ts REPORT.html PICTURE.png [width=1280]
// [height=900] [theme=light|dark] [select=TITLE] [color=COLUMN] [part=ID of a section] [full]

import { resolve } from "node:path";
import { launch, open } from "./browser.ts";

const [report, picture, ...words] = process.argv.slice(2);
if (!report || !picture) throw new Error("give a report and a picture to write");
const options = new Map(words.map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]));
const width = Number(options.get("width") ?? 1280);
const height = Number(options.get("height") ?? 900);

const browser = await launch();
try {
  const { page, complaints } = await open(browser, `file://${resolve(report)}`, {
    viewport: { width, height },
    colorScheme: options.get("theme") === "dark" ? "dark" : "light",
    reducedMotion: "reduce",
    hasTouch: width < 600,
  });
  if (options.has("color")) await page.getByLabel("Color").selectOption(options.get("color") ?? "");
  if (options.has("select")) {
    await page.getByRole("combobox", { name: "Find an item" }).fill(options.get("select") ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show all items" }).click();
    await page.mouse.move(0, 0);
  }
  await page.waitForTimeout(300);
  if (options.has("part")) await page.locator(`#${options.get("part")}`).screenshot({ path: picture });
  else await page.screenshot({ path: picture, fullPage: options.has("full") });
  if (complaints.length) throw new Error(complaints.join("\n"));
} finally {
  await browser.close();
}
