// The frame: which page is shown, where focus goes, and asking for a key.

import { dropKey, keyed, useKey } from "./api.js";
import { button, el, field, fill } from "./dom.js";
import * as facts from "./facts.js";
import * as forgotten from "./forgotten.js";
import * as graph from "./graph.js";
import * as health from "./health.js";
import * as imports from "./import.js";
import * as item from "./item.js";
import { hush, warn } from "./notice.js";
import * as review from "./review.js";
import * as search from "./search.js";
import * as shortcuts from "./shortcuts.js";
import * as sleep from "./sleep.js";
import * as timeline from "./timeline.js";

const PAGES = { search, facts, timeline, graph, sleep, review, import: imports, forgotten, health, keys: shortcuts };
const main = document.getElementById("main");
let shown = new AbortController();
let first = true;

// "#/item/ID?start=3" as its page, what follows the page's name, and its parameters.
function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/");
  return { name: name || "search", rest: decodeURIComponent(rest.join("/")), params: new URLSearchParams(query) };
}

function navigation(current) {
  fill(document.getElementById("nav"), Object.entries(PAGES).map(([name, page]) =>
    el("li", {}, el("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, page.title))),
  keyed() ? el("li", {}, button("Forget the key", () => { dropKey(); route(); })) : null);
}

function askForKey(told) {
  const key = el("input", { type: "password", required: true, autocomplete: "off", spellcheck: "false" });
  const submitted = (event) => {
    event.preventDefault();
    useKey(key.value.trim());
    route();
  };
  fill(main, el("h1", {}, "A key, please"), el("p", {}, told),
    el("form", { onsubmit: submitted }, field("Key", key, "It begins with rk_ and stays in this tab only."), el("button", { class: "main" }, "Open")));
  key.focus();
}

// Show the page that the address names. `quiet`: the same page once more, focus and messages stay.
async function route(quiet = false) {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  const { name, rest, params } = place();
  const page = name === "item" ? item : PAGES[name] ?? search;
  if (quiet !== true) hush();
  navigation(name);
  document.title = `${page.title} - Remanence`;
  main.setAttribute("aria-busy", "true");
  try {
    await page.show(main, params, { signal, rest, again: () => route(true) });
    if (quiet !== true && !first && !main.contains(document.activeElement)) headline();
  } catch (error) {
    if (error.status === 401) {
      const had = keyed();
      dropKey();
      navigation(name);
      askForKey(had ? "The server does not know this key." : "This server answers to keys only.");
    } else if (!signal.aborted) {
      fill(main, el("h1", {}, page.title), el("p", {}, error.status === 404 ? "This memory is not there (any more)." : "This could not be shown."));
      if (quiet !== true) warn(error);
    }
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
    first = false;
  }
}

function headline() {
  const head = main.querySelector("h1") ?? main;
  head.setAttribute("tabindex", "-1");
  head.focus();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", () => route());
window.addEventListener("unhandledrejection", (event) => warn(event.reason));
shortcuts.listen();
route();
