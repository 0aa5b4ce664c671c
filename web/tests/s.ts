import { readFileSync } from "node:fs";
import { writePage } from "./fixture.ts";
for (const name of process.argv.slice(2)) writePage(`/tmp/webtest/${name}.html`, JSON.parse(readFileSync(`/tmp/helpers/${name}.json`, "utf8")));
