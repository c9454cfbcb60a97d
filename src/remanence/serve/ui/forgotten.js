// What was forgotten: hidden from recall, and it can come back.

import { get } from "./api.js";
import { el, fill } from "./dom.js";
import { actions, entry } from "./items.js";

export const title = "Forgotten";

export async function show(root, params, { signal, again }) {
  const page = await get("memories", { tier: "archived", newest_first: true, limit: 100, cursor: params.get("cursor") }, signal);
  fill(root, el("h1", {}, title), el("p", {}, "Forgotten memories are hidden from search. Restore brings them back; erase deletes them for good."),
    page.items.length ? el("ol", { class: "items" }, page.items.map((item) => entry(item, { actions: actions(item, again) }))) : el("p", {}, "Nothing is forgotten."),
    page.next ? el("p", {}, el("a", { href: `#/forgotten?cursor=${encodeURIComponent(page.next)}` }, "More")) : null);
}
