// A time line: how much there is of each day, week, month or year, and what it was.

import { get } from "./api.js";
import { button, count, dayOf, el, field, fill, select } from "./dom.js";
import { actions, entry } from "./items.js";
import { tell, warn } from "./notice.js";

export const title = "Time line";
const KINDS = [["turn", "turns"], ["chunk", "chunks"], ["episode", "episodes"], ["fact", "facts"], ["", "everything"]];
const SHOWN = 100;

const named = (bar, unit) => {
  const since = new Date(bar.since);
  const told = { year: { year: "numeric" }, month: { month: "long", year: "numeric" } }[unit];
  if (told) return new Intl.DateTimeFormat("en-GB", { ...told, timeZone: "UTC" }).format(since);
  return unit === "hour" ? `${dayOf(since)}, ${bar.since.slice(11, 16)}` : unit === "week" ? `week of ${dayOf(since)}` : dayOf(since);
};

function chart(told, choose) {
  const low = Date.parse(told.bars[0].since);
  const high = Date.parse(told.bars.at(-1).before);
  const most = Math.max(...told.bars.map((bar) => bar.count));
  const bars = told.bars.map((bar) => {
    const left = (100 * (Date.parse(bar.since) - low)) / (high - low);
    const width = (100 * (Date.parse(bar.before) - Date.parse(bar.since))) / (high - low);
    const label = `${named(bar, told.unit)}: ${count(bar.count, "item")}`;
    return el("li", { style: { "--left": `${left}%`, "--width": `${width}%`, "--height": `${Math.max(4, (100 * bar.count) / most)}%` } },
      button("", (event) => choose(bar, event.currentTarget), { "aria-label": label, title: label, "aria-pressed": "false" }));
  });
  const list = el("ol", { class: "bars", "aria-label": `Items by ${told.unit}`, onkeydown: walked }, bars);
  return el("figure", {}, list, el("figcaption", {}, el("span", {}, dayOf(told.bars[0].since)), el("span", {}, `by ${told.unit}`), el("span", {}, dayOf(told.bars.at(-1).before))));
}

// Left and right walk from bar to bar.
function walked(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll("button")];
  all[all.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
}

export async function show(root, params, { signal, again }) {
  const kind = params.get("kind") ?? "turn";
  const range = { since: params.get("since"), before: params.get("before") };
  const told = await get("timeline", { kind, ...range }, signal);
  const chosen = select(KINDS, kind);
  chosen.addEventListener("change", () => { location.hash = `#/timeline?kind=${chosen.value}`; });
  const list = el("div", { id: "bar" });
  const choose = async (bar, pressed) => {
    try {
      const page = await get("memories", { kind, since: bar.since, before: bar.before, ended: true, limit: SHOWN }, signal);
      const items = page.items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      for (const one of root.querySelectorAll(".bars button")) one.setAttribute("aria-pressed", String(one === pressed));
      const zoom = `#/timeline?kind=${kind}&since=${encodeURIComponent(bar.since)}&before=${encodeURIComponent(bar.before)}`;
      fill(list, el("h2", {}, named(bar, told.unit)), told.unit === "hour" ? null : el("p", {}, el("a", { href: zoom }, "Look closer")),
        el("ol", { class: "items" }, items.map((item) => entry(item, { actions: actions(item, again) }))),
        page.next ? el("p", {}, `The first ${SHOWN} are shown; look closer for the rest.`) : null);
      tell(`${named(bar, told.unit)}: ${count(items.length, "item")} shown.`);
    } catch (error) {
      warn(error);
    }
  };
  fill(root, el("h1", {}, title), field("Show", chosen),
    range.since ? el("p", {}, el("a", { href: `#/timeline?kind=${kind}` }, "The whole time")) : null,
    told.bars.length ? chart(told, choose) : el("p", {}, "Nothing has a time yet."),
    told.undated ? el("p", {}, `${count(told.undated, "item")} without a time.`) : null, list);
  if (told.bars.length) await choose(told.bars.at(-1), root.querySelector(".bars li:last-child button"));
}
