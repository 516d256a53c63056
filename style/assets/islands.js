// Wakes the islands of a page, after the page works without them. The version in this file's own address is that of
// the built islands. After leptos' island_script.js (MIT, see THIRD-PARTY.md); without its router.
const version = new URL(import.meta.url).searchParams.get("v") ?? "";
const pkg = (name) => `/pkg/${name}?v=${version}`;

window.__RESOLVED_RESOURCES ??= [];
window.__SERIALIZED_ERRORS ??= [];
window.__INCOMPLETE_CHUNKS ??= [];

async function wake() {
  const module = await import(pkg("guichet.js"));
  await module.default({ module_or_path: pkg("guichet_bg.wasm") });
  module.hydrate();
  const children = [];
  const walk = async (node) => {
    const tag = node.tagName.toLowerCase();
    if (tag === "leptos-island") {
      const island = module[node.dataset.component];
      children.at(-1)?.();
      if (island) await island(node);
      else console.warn(`no island called ${node.dataset.component}`);
    }
    if (tag === "leptos-children") children.push(node.$$on_hydrate);
    for (const child of [...node.children]) await walk(child);
    if (tag === "leptos-children") children.pop();
  };
  await walk(document.body);
  document.documentElement.dataset.islands = "awake";
}

if ("requestIdleCallback" in window) requestIdleCallback(wake);
else setTimeout(wake);
