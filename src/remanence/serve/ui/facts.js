// The facts of a person or thing as a table with intervals; two sliders say which moment is meant and from when it is known.

import { get } from "./api.js";
import { button, dayOf, el, field, fill, fresh, svg, time } from "./dom.js";
import { whence } from "./item.js";
import { tell, warn } from "./notice.js";

export const title = "Facts";
const DAY = 86_400_000;
const STEPS = 1000;
const PARTS = [["current", "holds", "hold"], ["planned", "planned", "are planned"], ["roles", "role", "are roles"], ["history", "over", "are over"]];

// A slider over time. At its right end it means "now", and its value is "".
function slider(label, first, last, chosen, step, changed) {
  const low = Math.min(first, last - step);
  const steps = Math.max(1, Math.ceil((last - low) / step));
  const id = fresh("slider");
  const output = el("output", { for: id });
  const range = el("input", { type: "range", id, min: 0, max: steps, step: 1 });
  const at = () => (Number(range.value) === steps ? "" : new Date(low + Number(range.value) * step).toISOString());
  const show = () => {
    const told = at() ? (step < DAY ? new Date(at()).toISOString().slice(0, 16).replace("T", " ") : dayOf(at())) : "now";
    output.value = told;
    range.setAttribute("aria-valuetext", told);
  };
  const moment = chosen ? Date.parse(chosen) : NaN;
  range.value = Number.isNaN(moment) ? steps : Math.max(0, Math.min(steps, Math.round((moment - low) / step)));
  range.addEventListener("input", () => { show(); changed(); });
  show();
  return { at, node: el("div", { class: "field slider" }, el("label", { for: id }, label), range, output) };
}

// The interval of a fact on the same scale for all rows.
function interval(part, fact, scale) {
  const since = fact.since ? Date.parse(fact.since) : scale.low;
  const until = fact.until ? Date.parse(fact.until) : scale.high;
  const place = (moment) => (100 * (Math.max(scale.low, Math.min(scale.high, moment)) - scale.low)) / (scale.high - scale.low || 1);
  const x = place(since);
  return svg("svg", { class: "interval", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "axis", x: 0, y: 4.5, width: 100, height: 1 }),
    svg("rect", { class: part === "history" ? "over" : "holds", x, y: 2, width: Math.max(1, place(until) - x), height: 6 }),
    svg("rect", { class: "now", x: Math.min(99.2, place(scale.at)), y: 0, width: 0.8, height: 10 }));
}

function row(part, attribute, fact, scale) {
  const notes = [fact.modality === "asserted" ? null : fact.modality, fact.disputed ? "disputed" : null].filter(Boolean).join(", ");
  return el("tr", { class: `part-${part}` },
    el("th", { scope: "row" }, attribute.replaceAll("_", " ")),
    el("td", { "data-label": "Value" }, el("strong", {}, fact.value), notes ? el("small", {}, ` ${notes}`) : null),
    el("td", { "data-label": "State" }, PARTS.find(([name]) => name === part)[1]),
    el("td", { class: "brief", "data-label": "Since" }, time(fact.since, "-")),
    el("td", { class: "brief", "data-label": "Until" }, time(fact.until, "-")),
    el("td", { class: "wide" }, interval(part, fact, scale)),
    el("td", { class: "brief", "data-label": "Sure" }, `${Math.round(100 * fact.certainty)}\u00a0%`),
    el("td", {}, button("Source", () => whence(fact.id), { "aria-label": `Source of ${attribute}: ${fact.value}` })));
}

function table(told) {
  const rows = PARTS.flatMap(([part]) => Object.entries(told[part]).flatMap(([attribute, facts]) => facts.map((fact) => [part, attribute, fact])));
  if (!rows.length) return el("p", {}, `Nothing is known of ${told.who} at that moment.`);
  const moments = rows.flatMap(([, , fact]) => [fact.since, fact.until]).filter(Boolean).map((one) => Date.parse(one));
  const at = Date.parse(told.as_of);
  const scale = { low: Math.min(...moments, at), high: Math.max(...moments, at), at };
  return el("table", { class: "facts" }, el("caption", {}, `${told.who}, as of ${dayOf(told.as_of)}`),
    el("thead", {}, el("tr", {}, ["Attribute", "Value", "State", "Since", "Until", "Interval", "Sure", "From"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map(([part, attribute, fact]) => row(part, attribute, fact, scale))));
}

function chooser(names, chosen) {
  const list = el("datalist", { id: fresh("names") }, names.map((name) => el("option", { value: name })));
  const input = el("input", { name: "name", required: true, maxlength: 256, list: list.id, autocomplete: "off", value: chosen });
  const submitted = (event) => {
    event.preventDefault();
    location.hash = `#/facts?name=${encodeURIComponent(input.value)}`;
  };
  return el("form", { onsubmit: submitted, class: "ask" }, field("Person, place or thing", input), list, el("button", { class: "main" }, "Show"));
}

async function ends(signal) {
  const [bars, first] = await Promise.all([get("timeline", {}, signal), get("memories", { limit: 1 }, signal)]);
  const now = Date.now();
  const began = bars.bars.length ? Date.parse(bars.bars[0].since) : now - DAY;
  const seen = first.items.length ? Date.parse(first.items[0].seen) : now - DAY;
  return { began: Math.floor(began / DAY) * DAY, seen, now };
}

export async function show(root, params, { signal }) {
  const [{ names }, { began, seen, now }] = await Promise.all([get("names", {}, signal), ends(signal)]);
  const name = params.get("name") ?? names[0] ?? "";
  const place = el("div", { id: "facts", class: "scroll" });
  let asked = new AbortController();
  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    signal.addEventListener("abort", () => asked.abort());
    try {
      const told = await get("profile", { name, as_of: asOf.at(), known_as_of: known.at() }, asked.signal);
      fill(place, table(told));
      place.dataset.asOf = told.as_of;
      tell(`${told.who} as of ${dayOf(told.as_of)}: ${PARTS.map(([part, , many]) => `${Object.values(told[part]).flat().length} ${many}`).join(", ")}.`);
    } catch (error) {
      warn(error);
    }
  };
  const asOf = slider("True as of", began, now, params.get("as_of"), DAY, ask);
  const known = slider("Known as of", seen, now, params.get("known_as_of"), Math.max(60_000, Math.ceil((now - seen) / STEPS)), ask);
  fill(root, el("h1", {}, title), chooser(names, name), el("div", { class: "sliders" }, asOf.node, known.node), place);
  if (name) await ask();
  else fill(place, el("p", {}, "Nobody is known yet: import something, then let memory sleep."));
}
