// Contradictions: two memories that do not agree, side by side, and what a person says about them.

import { get, post } from "./api.js";
import { button, count, el, fill, time } from "./dom.js";
import { about, link, short } from "./items.js";
import { say, warn } from "./notice.js";

export const title = "Review";
const CHOICES = [["keep", "Keep the old", "the new one is hidden"], ["replace", "Replace", "the old one ends where the new one begins"], ["both", "Both are right", "both stand"]];

function card(name, item) {
  return el("div", { class: "card" }, el("h3", {}, name), about(item), el("p", {}, el("a", { href: link(item.id) }, item.text)));
}

function pair(one, again) {
  const settle = async (choice) => {
    try {
      await post("contradictions", { new: one.new.id, old: one.old.id, choice });
      say("Settled.");
      await again();
    } catch (error) {
      warn(error);
    }
  };
  return el("li", { class: "pair" }, el("div", { class: "cards" }, card("Old", one.old), card("New", one.new)),
    el("p", { class: "about" }, one.reason ? el("span", {}, one.reason) : null, one.noticed ? el("span", {}, "noticed ", time(one.noticed)) : null),
    el("div", { class: "buttons", role: "group", "aria-label": `“${short(one.old.text, 40)}” or “${short(one.new.text, 40)}”` },
      CHOICES.map(([choice, label, means]) => button(label, () => settle(choice), { title: means, "aria-description": means }))));
}

export async function show(root, params, { signal, again }) {
  const { contradictions } = await get("contradictions", {}, signal);
  fill(root, el("h1", {}, title), el("p", {}, contradictions.length ? `${count(contradictions.length, "pair")} of memories do not agree.` : "No two memories disagree."),
    contradictions.length ? el("ol", { class: "pairs" }, contradictions.map((one) => pair(one, again))) : null);
}
