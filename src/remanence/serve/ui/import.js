// Brings memories in: files that are dropped or chosen, and a line that is typed.

import { post } from "./api.js";
import { count, el, field, fill } from "./dom.js";
import { say, warn } from "./notice.js";
import { followed } from "./work.js";

export const title = "Import";

function told(operation) {
  const { format, messages, kept, known, updated, skipped } = operation.result;
  return [el("p", {}, `${count(messages, "message")} of the format ${format}: ${kept.toLocaleString("en")} kept, ${known.toLocaleString("en")} known already, ${updated.toLocaleString("en")} updated.`),
    skipped.length ? el("ul", { class: "notes" }, skipped.map((line) => el("li", {}, line))) : null,
    el("p", {}, el("a", { href: "#/sleep" }, "Sleep"), " forms facts and links of it.")];
}

function spoken() {
  const text = el("textarea", { rows: 2, required: true, maxlength: 100_000 });
  const who = el("input", { autocomplete: "off", maxlength: 200 });
  const submitted = async (event) => {
    event.preventDefault();
    try {
      await post("memories", { messages: [who.value ? { who: who.value, text: text.value } : text.value] });
      say("Remembered.");
      event.target.reset();
    } catch (error) {
      warn(error);
    }
  };
  return el("form", { onsubmit: submitted }, el("h2", {}, "Tell it something"), field("What was said", text), field("Who said it", who, "you, when left empty"), el("button", {}, "Remember"));
}

export async function show(root, params, { signal }) {
  const work = el("ul", { class: "work" });
  const take = async (files) => {
    for (const file of files) {
      const place = el("li", {});
      work.append(place);
      await followed(place, file.name, () => post("import", new Blob([file]), signal, { name: file.name, skip_bad: skip.checked }), told, signal);
    }
  };
  const input = el("input", { type: "file", multiple: true, onchange: () => take([...input.files]) });
  const skip = el("input", { type: "checkbox", id: "skip-bad" });
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  const zone = el("div", { class: "drop", ondragover: over(true), ondragleave: over(false), ondrop: (event) => {
    over(false)(event);
    take([...event.dataTransfer.files]);
  } }, el("p", {}, "Drop files here: chat exports, messages, transcripts, documents."), field("or choose files", input),
  el("div", { class: "field check" }, skip, el("label", { for: "skip-bad" }, "leave out lines that cannot be read")));
  fill(root, el("h1", {}, title), zone, work, spoken());
}
