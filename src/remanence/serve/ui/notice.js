// Says things: what was done, what a screen reader should hear, an alert, and a question that wants an answer.

import { button, el, fill, fresh } from "./dom.js";

const place = (id) => document.getElementById(id);

// What was done, for everybody.
export function say(text) {
  fill(place("alert"));
  fill(place("status"), text);
}

// What the page shows now, for those who cannot see that it changed.
export const tell = (text) => fill(place("heard"), text);

export function warn(error) {
  if (error.name === "AbortError") return;
  fill(place("status"));
  fill(place("alert"), error.message || String(error));
}

export function hush() {
  fill(place("status"));
  fill(place("alert"));
}

// A dialog over the page; focus goes into it and comes back. Resolves with the value of the button that closed it.
export function dialog(title, content, buttons) {
  const id = fresh("dialog");
  return new Promise((resolve) => {
    const frame = el("dialog", { "aria-labelledby": id }, el("h2", { id }, title), el("div", { class: "said" }, content));
    const close = (value) => {
      frame.close(value);
    };
    const row = buttons.map(([label, value, properties]) => button(label, () => close(value), properties));
    frame.append(el("div", { class: "buttons" }, row));
    frame.addEventListener("close", () => {
      frame.remove();
      resolve(frame.returnValue);
    });
    document.body.append(frame);
    frame.showModal();
  });
}

export async function confirmed(title, text, label) {
  const buttons = [["Cancel", "", { autofocus: true }], [label, "yes", { class: "danger" }]];
  return (await dialog(title, text, buttons)) === "yes";
}
