// What sleep did: what was formed of what was said, what was ended by it, and a button for the next sleep.

import { get, post } from "./api.js";
import { button, count, el, fill, time } from "./dom.js";
import { entry } from "./items.js";
import { followed } from "./work.js";

export const title = "Sleep";
const COUNTS = [["looked_at", "looked at"], ["put", "formed"], ["superseded", "ended"], ["retired", "taken back"], ["linked", "links"], ["demoted", "demoted"], ["waiting", "still waiting"]];

function told(operation) {
  const result = operation.result;
  const parts = COUNTS.filter(([name]) => result[name]).map(([name, label]) => `${result[name].toLocaleString("en")} ${label}`);
  const notes = [...result.degraded, ...result.failed, ...(result.shrink_alarm ? ["a change that would hide more than a fifth was refused"] : [])];
  return [el("p", {}, parts.join(", ") || "There was nothing to do."), notes.length ? el("ul", { class: "notes" }, notes.map((note) => el("li", {}, note))) : null];
}

function night(one) {
  const kinds = {};
  for (const item of one.formed) kinds[item.kind] = (kinds[item.kind] ?? 0) + 1;
  const plural = (kind) => (kind === "entity" ? "entities" : `${kind}s`);
  const parts = Object.entries(kinds).map(([kind, number]) => count(number, kind, plural(kind)));
  if (one.changed.length) parts.push(`${one.changed.length} changed`);
  const hidden = one.total - one.formed.length - one.changed.length;
  if (hidden > 0) parts.push(count(hidden, "more", "more"));
  return el("li", {}, el("details", {}, el("summary", {}, time(one.at), ": ", parts.join(", ")),
    one.formed.length ? [el("h3", {}, "Formed"), el("ul", { class: "items" }, one.formed.map((item) => entry(item)))] : null,
    one.changed.length ? [el("h3", {}, "Changed or ended"), el("ul", { class: "items" }, one.changed.map((item) => entry(item)))] : null,
    hidden > 0 ? el("p", {}, `and ${count(hidden, "more", "more")}`) : null));
}

export async function show(root, params, { signal }) {
  const place = el("div", { class: "work" });
  const list = el("div", { id: "nights" });
  const load = async () => {
    const [{ derivations }, { operations }] = await Promise.all([get("derivations", {}, signal), get("operations", {}, signal)]);
    const slept = operations.filter((one) => one.kind === "sleep" && one.state === "done");
    fill(list, slept.length ? [el("h2", {}, "Since the server started"), el("ol", {}, slept.map((one) => el("li", {}, time(one.started), told(one))))] : null,
      el("h2", {}, "What was formed"), derivations.length ? el("ol", { class: "nights" }, derivations.map(night)) : el("p", {}, "Nothing yet."));
  };
  const start = button("Sleep now", async () => {
    start.disabled = true;
    if (await followed(place, "Sleep", () => post("sleep"), told, signal)) await load();
    start.disabled = false;
  }, { class: "main" });
  fill(root, el("h1", {}, title), el("p", {}, "While memory sleeps it forms episodes, facts and links of what was said. Nothing that was said is changed."), start, place, list);
  await load();
}
