// How the memory is: what it holds, what waits, and what went wrong.

import { get } from "./api.js";
import { el, fill } from "./dom.js";

export const title = "Health";

const size = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

function table(caption, rows) {
  return el("table", {}, el("caption", {}, caption), el("tbody", {}, rows.map(([name, value]) => el("tr", {},
    el("th", { scope: "row" }, name), el("td", {}, typeof value === "number" ? value.toLocaleString("en") : String(value))))));
}

export async function show(root, params, { signal }) {
  const told = await get("stats", {}, signal);
  const scope = Object.entries(told.scope).filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(", ");
  const fine = !told.failed && !told.damaged;
  fill(root, el("h1", {}, title), el("p", { class: fine ? "fine" : "bad" }, fine ? "All is well." : "Something went wrong: run “remanence doctor”."),
    el("div", { class: "tables" },
      table("Memory", [["items", told.items], ["links", told.links], ["sessions", told.sessions], ["whose", scope]]),
      table("Kinds", Object.entries(told.kinds)), table("Tiers", Object.entries(told.tiers)),
      table("File", [["size", size(told.bytes)], ["commits", told.commit], ["recipe", told.recipe], ["embedder", told.embedder], ["durability", told.durability]]),
      table("Work", [["waiting for sleep", told.waiting], ["failed", told.failed], ["damaged rows", told.damaged]])));
}
