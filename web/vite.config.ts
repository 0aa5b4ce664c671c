// Builds the page into the one file dist/report.html: script and style stand inside, and a policy
// names their hashes, so that nothing else can run and nothing can be loaded.

import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      let script = "";
      let style = "";
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === "chunk") script += part.code.trim();
        else if (name.endsWith(".css")) style += String(part.source).trim();
        else continue;
        delete bundle[name];
      }
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("the build has made no index.html");
      if (/<\/script|<!--|ALSACE_DATA/i.test(script)) {
        throw new Error("the script holds text that would end it, or the place of the data");
      }
      const policy =
        `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; ` +
        "base-uri 'none'; form-action 'none'";
      const html = String(page.source)
        .replace(/\s*<script type="module"[^>]*><\/script>/, "")
        .replace(/\s*<link rel="stylesheet"[^>]*>/, "")
        .replace("POLICY", () => policy)
        .replace("</head>", () => `<style>${style}</style>\n</head>`)
        .replace("</body>", () => `<script>${script}</script>\n</body>`);
      delete bundle["index.html"];
      this.emitFile({ type: "asset", fileName: "report.html", source: html.trim() + "\n" });
    },
  };
}

export default defineConfig({
  base: "./",
  logLevel: "warn",
  plugins: [oneFile()],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: { output: { format: "iife" } },
  },
});
