// Copies the golden fixtures of the components our kit has into app/tests/fixtures, with white space squeezed,
// so that `cargo test` needs no Node. Run after an update of govuk-frontend.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url).pathname;
const source = `${here}node_modules/govuk-frontend`;
const components = [
  "back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input", "details", "error-message",
  "error-summary", "fieldset", "hint", "input", "inset-text", "label", "notification-banner", "pagination", "panel",
  "radios", "select", "skip-link", "summary-list", "table", "tag", "task-list", "textarea", "warning-text",
];
const version = JSON.parse(readFileSync(`${source}/package.json`, "utf8")).version;
const lines = components.flatMap((component) => {
  const { fixtures } = JSON.parse(readFileSync(`${source}/dist/govuk/components/${component}/fixtures.json`, "utf8"));
  return fixtures.map(({ name, options, html }) =>
    // A text area keeps its white space: it is what was written.
    JSON.stringify({ component, name, options, html: /<textarea/.test(html) ? html : html.replace(/\s+/g, " ") }),
  );
});
const target = `${here}../app/tests/fixtures`;
mkdirSync(target, { recursive: true });
writeFileSync(`${target}/govuk-frontend.jsonl`, `${lines.join("\n")}\n`);
writeFileSync(
  `${target}/README.md`,
  `# Golden fixtures\n\n\`govuk-frontend.jsonl\`: options and expected HTML of the components of govuk-frontend ${version} that the kit has,\ncopied by \`npm run fixtures\` in \`style/\`. Copyright (C) 2017 Crown Copyright (Government Digital Service), MIT licence:\nsee THIRD-PARTY.md.\n`,
);
console.log(`${lines.length} fixtures of govuk-frontend ${version}`);
