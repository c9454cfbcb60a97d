// Search: hits with the words that matched, how well, and why; and the answer, where memory holds one.

import { post } from "./api.js";
import { count, el, field, fill, select } from "./dom.js";
import { actions, entry, link } from "./items.js";
import { tell } from "./notice.js";

export const title = "Search";
const KINDS = ["turn", "chunk", "episode", "fact", "entity", "note", "summary", "file"];
const WEAK = 0.1; // of the best score: what is below is folded away
const TIMES = [["since", "From"], ["before", "Before"], ["as_of", "True as of"], ["known_as_of", "Known as of"]];

function form(params) {
  const cue = el("input", { type: "search", name: "q", required: true, maxlength: 8000, autocomplete: "off", value: params.get("q") ?? "" });
  const kind = select([["", "any"], ...KINDS.map((one) => [one, one])], params.get("kind") ?? "");
  kind.name = "kind";
  const who = el("input", { name: "who", value: params.get("who") ?? "", autocomplete: "off" });
  const times = TIMES.map(([name, label]) => field(label, el("input", { type: "date", name, value: params.get(name) ?? "" })));
  const ended = el("input", { type: "checkbox", name: "ended", id: "ended", checked: params.has("ended") });
  const narrowed = [...params.keys()].some((name) => name !== "q");
  return el("form", { role: "search", class: "search", onsubmit: submitted },
    el("div", { class: "ask" }, field("Search memory", cue), el("button", { class: "main" }, "Search")),
    el("details", { open: narrowed }, el("summary", {}, "Narrow"),
      el("div", { class: "fields" }, field("Kind", kind), field("Speaker", who), times,
        el("div", { class: "field check" }, ended, el("label", { for: "ended" }, "also what is over")))));
}

function submitted(event) {
  event.preventDefault();
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(event.target)) if (value) given.set(name, value);
  const hash = `#/search?${given}`;
  if (location.hash === hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = hash;
}

function where(params) {
  const filters = {};
  if (params.get("kind")) filters.kinds = [params.get("kind")];
  if (params.get("who")) filters.who = [params.get("who")];
  if (params.has("ended")) filters.ended = true;
  for (const [name] of TIMES) if (params.get(name)) filters[name] = params.get(name);
  return filters;
}

function bar(share, label) {
  return el("meter", { min: 0, max: 1, value: Math.max(0, Math.min(1, share)), "aria-label": label }, share.toFixed(2));
}

// Why a hit is there: each channel's share as a bar, and everything else in words.
export function why(hit) {
  const rows = Object.entries(hit.why).map(([name, value]) => {
    const number = typeof value === "number";
    const told = number ? [bar(value, name), ` ${value.toFixed(2)}`] : Array.isArray(value) ? value.map((one) => el("span", { class: "step" }, String(one))) : JSON.stringify(value);
    return el("div", {}, el("dt", {}, name.replaceAll("_", " ")), el("dd", {}, told));
  });
  return el("details", { class: "why" }, el("summary", {}, `Score ${hit.score.toFixed(2)}, why?`), el("dl", {}, rows));
}

function answered(told) {
  const said = told.in_memory ? told.answer : "Not in memory.";
  const sources = told.evidence?.slice(0, 3).map((one) => el("li", {}, el("a", { href: link(one.id) }, one.text))) ?? [];
  return el("section", { class: "answer", "aria-label": "Answer" }, el("p", { class: "short" }, said),
    el("p", { class: "about" }, `sure to ${Math.round(100 * told.confidence)} %`),
    told.in_memory && sources.length ? el("details", {}, el("summary", {}, "From"), el("ul", {}, sources)) : null);
}

export async function show(root, params, { signal, again }) {
  const results = el("div", { id: "results" });
  fill(root, el("h1", {}, title), form(params), results);
  const cue = params.get("q");
  if (!cue) {
    root.querySelector("input").focus();
    return;
  }
  results.setAttribute("aria-busy", "true");
  const narrowed = where(params);
  const [found, told] = await Promise.all([
    post("recall", { cue, k: 20, where: narrowed }, signal),
    post("ask", { question: cue, where: narrowed }, signal).catch(() => null),
  ]);
  const list = (hits) => el("ol", { class: "items" }, hits.map((hit) => entry(hit, { cue, below: why(hit), actions: actions(hit, again) })));
  const least = WEAK * Math.max(0, ...found.hits.map((hit) => hit.score));
  const [good, weak] = [found.hits.filter((hit) => hit.score >= least), found.hits.filter((hit) => hit.score < least)];
  fill(results, told ? answered(told) : null, el("h2", {}, count(good.length, "memory", "memories")),
    good.length ? list(good) : el("p", {}, "Nothing in memory matches."),
    weak.length ? el("details", { class: "weaker" }, el("summary", {}, `${weak.length} that match much less`), list(weak)) : null);
  results.removeAttribute("aria-busy");
  tell(`${count(good.length, "memory", "memories")} found${weak.length ? `, and ${weak.length} that match much less` : ""}.`);
}
