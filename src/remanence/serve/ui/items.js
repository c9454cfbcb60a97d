// Shows items in lists, and does to them what a person may do: forget, restore, erase.

import { post } from "./api.js";
import { button, count, el, marked, time } from "./dom.js";
import { confirmed, say, warn } from "./notice.js";

export const link = (id, more = "") => `#/item/${encodeURIComponent(id)}${more}`;
export const short = (text, most = 80) => (Array.from(text).length > most ? `${Array.from(text).slice(0, most - 1).join("")}…` : text);

// One line about an item: kind, speaker, time, chat.
export function about(item) {
  const parts = [el("span", { class: `kind kind-${item.kind}` }, item.kind)];
  if (item.who) parts.push(el("span", { class: "who" }, item.who));
  if (item.at) parts.push(time(item.at));
  if (item.until) parts.push(el("span", {}, "until ", time(item.until)));
  if (item.session) parts.push(el("span", { class: "session" }, short(item.session, 40)));
  if (item.tier && item.tier !== "hot") parts.push(el("span", { class: "tier" }, item.tier));
  return el("p", { class: "about" }, parts);
}

// An entry of a list: the text is a link to the item.
export function entry(item, { cue = "", below = [], actions = null } = {}) {
  const text = el("a", { class: "text", href: link(item.id) }, cue ? marked(item.text, cue) : item.text);
  return el("li", { class: "item", "data-id": item.id }, about(item), el("p", {}, text), below, actions ?? []);
}

async function done(verb, path, ids, after) {
  try {
    const receipt = await post(`memories/${path}`, { ids });
    const also = receipt.followed?.length ? `, and ${count(receipt.followed.length, "memory", "memories")} that rested on it` : "";
    say(`${verb} ${count(ids.length, "memory", "memories")}${also}.`);
    await after?.();
  } catch (error) {
    warn(error);
  }
}

export const forget = (ids, after) => done("Forgot", "forget", ids, after);
export const restore = (ids, after) => done("Restored", "restore", ids, after);

export async function erase(ids, texts, after) {
  const told = [
    el("p", {}, "Every version, what was derived from it, and the bytes in the file are deleted. This cannot be undone."),
    el("ul", {}, texts.map((text) => el("li", {}, short(text, 160)))),
  ];
  const title = ids.length === 1 ? "Erase this memory?" : `Erase ${count(ids.length, "memory", "memories")}?`;
  if (await confirmed(title, told, "Erase for good")) await done("Erased", "erase", ids, after);
}

// The buttons of one item.
export function actions(item, after) {
  const named = (verb) => ({ "aria-label": `${verb}: ${short(item.text, 60)}` });
  const hidden = item.tier === "archived";
  return el("p", { class: "actions" },
    hidden ? button("Restore", () => restore([item.id], after), named("Restore"))
      : button("Forget", () => forget([item.id], after), { ...named("Forget"), "data-do": "forget" }),
    button("Erase", () => erase([item.id], [item.text], after), { ...named("Erase"), class: "danger", "data-do": "erase" }),
    el("a", { href: `#/graph?id=${encodeURIComponent(item.id)}`, "aria-label": `Links of: ${short(item.text, 60)}` }, "Links"));
}
