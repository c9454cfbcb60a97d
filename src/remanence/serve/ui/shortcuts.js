// Keys: where each leads, a page that lists them, and a switch for people who speak to their computer.

import { el, fill } from "./dom.js";

export const title = "Keys";
const OFF = "remanence-keys-off";
const PAGES = { s: "search", f: "facts", t: "timeline", l: "graph", n: "sleep", r: "review", i: "import", d: "forgotten", h: "health" };
const NAMES = { search: "search", facts: "facts", timeline: "time line", graph: "links", sleep: "sleep", review: "review", import: "import", forgotten: "forgotten", health: "health" };
const OTHERS = [["/", "to the search field"], ["j, k", "next, previous memory of a list"], ["Enter", "open it"], ["f", "forget it"], ["e", "erase it, after a question"],
  ["Left, Right", "walk along the time line and the sliders"], ["Escape", "close a dialog"], ["?", "this page"]];

const typing = (node) => node.closest?.("input:not([type=checkbox], [type=range]), textarea, select, dialog") !== null;

function walk(step) {
  const all = [...document.querySelectorAll("main .item a.text")].filter((one) => one.checkVisibility());
  const here = all.indexOf(document.activeElement?.closest?.(".item")?.querySelector("a.text"));
  all[Math.max(0, Math.min(all.length - 1, here + step))]?.focus();
}

const press = (what) => document.activeElement?.closest?.(".item")?.querySelector(`[data-do=${what}]`)?.click();

let waiting = false;
// What a key does; true when it did something.
function act(key) {
  if (waiting) {
    waiting = false;
    if (PAGES[key]) location.hash = `#/${PAGES[key]}`;
    return Boolean(PAGES[key]);
  }
  const acts = { g: () => { waiting = true; }, j: () => walk(1), k: () => walk(-1), f: () => press("forget"), e: () => press("erase"),
    "?": () => { location.hash = "#/keys"; }, "/": () => {
      const field = document.querySelector("main input[type=search]");
      if (field) field.focus();
      else location.hash = "#/search";
    } };
  acts[key]?.();
  return key in acts;
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || localStorage.getItem(OFF) || document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}

export async function show(root) {
  const rows = [...Object.entries(PAGES).map(([key, page]) => [`g ${key}`, `to ${NAMES[page]}`]), ...OTHERS];
  const on = el("input", { type: "checkbox", id: "keys-on", checked: !localStorage.getItem(OFF), onchange: () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } });
  fill(root, el("h1", {}, title), el("table", {}, el("caption", {}, "What each key does outside of a field"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Key"), el("th", { scope: "col" }, "Does"))),
    el("tbody", {}, rows.map(([key, does]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, key)), el("td", {}, does))))),
  el("div", { class: "field check" }, on, el("label", { for: "keys-on" }, "single keys do something")));
}
