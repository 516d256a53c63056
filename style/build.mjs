// Compiles guichet.scss to guichet.css: Sass, then the right-to-left rules beside the left-to-right ones.
// `--check` compares with the committed file instead of writing it.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { compile } from "sass";
import postcss from "postcss";
import rtl from "postcss-rtlcss";

const here = new URL(".", import.meta.url).pathname;
const sheet = compile(`${here}guichet.scss`, {
  loadPaths: [here, `${here}node_modules`],
  style: "compressed",
  quietDeps: true,
});
// The crest and the crown belong to another government: their rules are left out.
const noCrest = {
  postcssPlugin: "no-crest",
  Rule(rule) {
    if (/__copyright-logo|__crown/.test(rule.selector)) rule.remove();
  },
};
const turned = await postcss([noCrest, rtl({ mode: "combined" })]).process(sheet.css, { from: undefined });
// postcss spreads the rules it adds over lines; one rule a line keeps differences readable and costs little compressed.
const css = `/* Guichet. Contains govuk-frontend and @ministryofjustice/frontend, MIT: see THIRD-PARTY.md. Made by npm run build. */\n${turned.css
  .replace(/\n\s*/g, "")
  .replace(/}(?=[^}])/g, "}\n")}\n`;
const target = `${here}guichet.css`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== css) {
    console.error("style/guichet.css is not what style/guichet.scss gives: run npm run build in style/");
    process.exit(1);
  }
} else {
  writeFileSync(target, css);
}
console.log(`guichet.css ${css.length} bytes, ${gzipSync(css, { level: 9 }).length} compressed`);
