// Long work on the page: a bar that follows an operation, can stop it, and says how it ended.

import { follow, remove } from "./api.js";
import { button, count, el, fill } from "./dom.js";
import { say, warn } from "./notice.js";

const TOLD = { waiting: "waiting", running: "running", done: "done", failed: "failed", cancelled: "stopped" };

// Follows `start()`'s operation in `place`; `ended(operation)` gives what to show of its result.
export async function followed(place, name, start, ended, signal) {
  const bar = el("progress", { "aria-label": name });
  const said = el("span", { class: "progress" }, "sending");
  const stop = button("Stop", null, { "aria-label": `Stop: ${name}`, disabled: true });
  const result = el("div", { class: "result" });
  fill(place, el("p", {}, el("strong", {}, name), " ", bar, " ", said, " ", stop), result);
  try {
    const operation = await start();
    stop.disabled = false;
    stop.addEventListener("click", () => remove(`operations/${encodeURIComponent(operation.id)}`).catch(warn));
    const last = await follow(operation.id, (state) => {
      if (state.total) Object.assign(bar, { max: state.total, value: state.done });
      fill(said, state.total ? `${TOLD[state.state]}, ${state.done.toLocaleString("en")} of ${count(state.total, "item")}` : TOLD[state.state]);
    }, signal);
    stop.remove();
    bar.remove();
    place.dataset.state = last.state;
    if (last.state === "failed") throw new Error(`${name}: ${last.problem.detail}`);
    fill(result, last.state === "done" ? ended(last) : "What was committed stays.");
    say(`${name}: ${TOLD[last.state]}.`);
    return last;
  } catch (error) {
    bar.remove();
    stop.remove();
    fill(said, "failed");
    if (error.name !== "AbortError") fill(result, error.message);
    warn(error);
    return null;
  }
}
