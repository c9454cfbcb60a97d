// One item: its whole text, where it comes from, what rests on it, its versions, and what may be done to it.

import { get, patch } from "./api.js";
import { button, count, el, field, fill, spanned, time } from "./dom.js";
import { about, actions, link, short } from "./items.js";
import { dialog, say, warn } from "./notice.js";

export const title = "Memory";

const HIDDEN = new Set(["id", "text", "kind", "who", "at", "until", "session", "tier", "evidence", "data"]);

const BACKWARDS = { rests_on: "source of", part_of: "has part", mentions: "mentioned in", about: "subject of", supersedes: "superseded by",
  contradicts: "contradicted by", derived_from: "source of", supports: "supported by", causes: "caused by", next: "after" };

function details(item) {
  const rows = Object.entries(item).filter(([name]) => !HIDDEN.has(name)).concat(Object.entries(item.data ?? {}));
  return el("dl", { class: "plain" }, rows.map(([name, value]) => el("div", {}, el("dt", {}, name.replaceAll("_", " ")),
    el("dd", {}, ["seen", "retired"].includes(name) ? time(value) : typeof value === "object" ? JSON.stringify(value) : String(value)))));
}

// Where something comes from: the item that was said, with the characters marked that count.
export async function origins(item) {
  const parts = [];
  for (const [id, start, end] of item.evidence ?? []) {
    const source = await get(`memories/${encodeURIComponent(id)}`).catch(() => null);
    if (source === null) continue;
    parts.push(el("blockquote", { class: "origin" }, about(source), el("p", {}, spanned(source.text, start, end)),
      el("p", {}, el("a", { href: link(id, `?start=${start}&end=${end}`) }, "Open this memory"))));
  }
  return parts.length ? parts : [el("p", {}, "It was told as it stands.")];
}

// The same in a dialog, for the fact with this id.
export async function whence(id) {
  try {
    const fact = await get(`memories/${encodeURIComponent(id)}`);
    const told = [el("p", {}, el("strong", {}, fact.text)), await origins(fact)];
    const gone = new AbortController();
    window.addEventListener("hashchange", () => document.querySelector("dialog[open]")?.close(), { once: true, signal: gone.signal });
    await dialog("Where this comes from", told, [["Close", "", { autofocus: true }]]);
    gone.abort();
  } catch (error) {
    warn(error);
  }
}

function correction(item, again) {
  const text = el("textarea", { rows: 3, required: true, value: item.text });
  const save = async (event) => {
    event.preventDefault();
    try {
      await patch(`memories/${encodeURIComponent(item.id)}`, { text: text.value }, `"${item.version}"`);
      say("Corrected; the old text stays in the history.");
      await again();
    } catch (error) {
      warn(error);
    }
  };
  return el("details", {}, el("summary", {}, "Correct"), el("form", { onsubmit: save }, field("The text that is right", text), el("button", {}, "Save")));
}

function linked(item, graph) {
  const names = new Map(graph.items.map((one) => [one.id, one]));
  const rows = graph.links.filter((one) => one.src === item.id || one.dst === item.id).map((one) => {
    const other = names.get(one.src === item.id ? one.dst : one.src);
    const told = one.src === item.id ? one.rel : BACKWARDS[one.rel] ?? `${one.rel} (from)`;
    return el("li", {}, el("span", { class: "rel" }, told.replaceAll("_", " ")), " ", el("a", { href: link(other.id) }, short(other.text, 100)),
      one.reason ? el("small", {}, ` ${one.reason}`) : null);
  });
  return rows.length ? el("ul", {}, rows) : el("p", {}, "Nothing is linked with it.");
}

function versions(history) {
  return el("ol", {}, history.map((one) => el("li", {}, el("p", {}, one.text), el("p", { class: "about" },
    el("span", {}, "believed from ", time(one.seen)), one.retired ? el("span", {}, "to ", time(one.retired)) : null,
    one.until ? el("span", {}, "true until ", time(one.until)) : null))));
}

export async function show(root, params, { signal, again, rest }) {
  const id = rest;
  const path = `memories/${encodeURIComponent(id)}`;
  const [item, history, graph] = await Promise.all([
    get(path, {}, signal), get(`${path}/history`, {}, signal), get("graph", { id, limit: 30 }, signal)]);
  const left = async () => { await again().catch(() => { location.hash = "#/search"; }); };
  const start = Number(params.get("start") ?? 0);
  const end = Number(params.get("end") ?? 0);
  fill(root, el("h1", {}, `A ${item.kind}`), about(item),
    el("blockquote", { class: "whole" }, spanned(item.text, start, end)),
    actions(item, left),
    el("h2", {}, "Where it comes from"), await origins(item),
    el("h2", {}, "What it is linked with"), linked(item, graph),
    graph.more ? el("p", {}, `and ${count(graph.more, "more")}`) : null,
    el("h2", {}, "Versions"), versions(history.versions),
    correction(item, again),
    el("details", {}, el("summary", {}, "Everything that is kept of it"), details(item)),
    el("p", {}, button("Back", () => history_back())));
  root.querySelector("blockquote.whole mark")?.scrollIntoView({ block: "center" });
}

const history_back = () => window.history.back();
