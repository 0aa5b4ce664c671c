// Goes over reports that the program has made: node tests/walk_report.ts REPORT.html...

import { resolve } from "node:path";
import { launch } from "./browser.ts";
import { walk } from "./walk.ts";

const browser = await launch();
try {
  for (const report of process.argv.slice(2)) await walk(browser, `file://${resolve(report)}`);
} finally {
  await browser.close();
}
