// What is linked: a drawing that can be walked with Tab and Enter, and the same as a table.

import { get } from "./api.js";
import { count, el, fill, svg } from "./dom.js";
import { link, short } from "./items.js";
import { labelled, placed } from "./layout.js";
import { tell } from "./notice.js";

export const title = "Links";
const go = (id) => { location.hash = `#/graph?id=${encodeURIComponent(id)}`; };

function drawing(told, centre, width, height) {
  const number = new Map(told.items.map((item, i) => [item.id, i]));
  const pairs = told.links.map((one) => [number.get(one.src), number.get(one.dst)]);
  const wide = width > 700;
  const spots = placed(told.items.length, pairs, width, height, wide ? 80 : 50);
  const degree = told.items.map((_, i) => pairs.filter((pair) => pair.includes(i)).length);
  const names = told.items.map((item) => short(item.text, wide ? 24 : 14));
  const order = told.items.map((_, i) => i).sort((a, b) => (told.items[b].id === centre) - (told.items[a].id === centre) || degree[b] - degree[a]);
  const labels = labelled(spots, names.map((name) => 6.2 * Array.from(name).length), order, width, height);
  const lines = told.links.map((one, i) => {
    const [[x1, y1], [x2, y2]] = pairs[i].map((end) => spots[end]);
    return svg("g", { class: `edge rel-${one.rel}` }, svg("title", {}, one.rel), svg("line", { x1, y1, x2, y2 }),
      svg("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 }, one.rel.replaceAll("_", " ")));
  });
  const nodes = told.items.map((item, i) => {
    const [x, y] = spots[i];
    const label = `${item.kind}: ${short(item.text, 60)}, ${count(degree[i], "link")}`;
    const chosen = item.id === centre;
    const pressed = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      go(item.id);
    };
    return svg("g", { class: `node kind-${item.kind}${chosen ? " chosen" : ""}`, role: "button", tabindex: 0, "aria-label": label, "data-id": item.id,
      onclick: () => go(item.id), onkeydown: pressed },
    svg("title", {}, label), svg("circle", { cx: x, cy: y, r: chosen ? 13 : 6 + Math.min(6, Math.sqrt(degree[i])) }),
    svg("text", { x: labels[i]?.[0] ?? x, y: (labels[i]?.[1] ?? y + 22) + (chosen ? 6 : 0), class: labels[i] ? null : "hushed", style: { "text-anchor": labels[i]?.[2] ?? "middle" } }, names[i]));
  });
  return svg("svg", { class: "graph", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `${count(nodes.length, "memory", "memories")} and ${count(lines.length, "link")}` }, lines, nodes);
}

function table(told) {
  const names = new Map(told.items.map((item) => [item.id, item]));
  const cell = (id) => el("a", { href: link(id) }, short(names.get(id).text, 90));
  return el("details", {}, el("summary", {}, "The same as a table"), el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, ["From", "Relation", "To", "Reason"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, told.links.map((one) => el("tr", {}, el("td", {}, cell(one.src)), el("td", {}, one.rel.replaceAll("_", " ")), el("td", {}, cell(one.dst)), el("td", {}, one.reason)))))));
}

export async function show(root, params, { signal }) {
  const id = params.get("id");
  const depth = Number(params.get("depth") ?? 1);
  const told = await get("graph", { id, depth, limit: 40 }, signal);
  const held = new Set(told.links.flatMap((one) => [one.src, one.dst]));
  if (!id && held.size) told.items = told.items.filter((item) => held.has(item.id));
  const centre = told.items.find((item) => item.id === id);
  const kinds = [...new Set(told.items.map((item) => item.kind))];
  const width = Math.max(300, root.clientWidth - 2);
  const step = depth === 1 ? 2 : 1;
  const head = id
    ? [el("p", {}, "Around: ", el("a", { href: link(id) }, short(centre?.text ?? id, 120))),
      el("p", { class: "actions" }, el("a", { href: `#/graph?id=${encodeURIComponent(id)}&depth=${step}` }, step === 2 ? "Two steps" : "One step"),
        el("a", { href: "#/graph" }, "What holds most together"))]
    : el("p", {}, "The memories that hold most together. Choose one to see what is around it.");
  fill(root, el("h1", {}, title), head,
    told.items.length ? [el("p", { class: "legend", "aria-label": "Kinds" }, kinds.map((kind) => el("span", { class: `kind kind-${kind}` }, kind))),
      drawing(told, id, width, width > 700 ? Math.min(640, width * 0.6) : Math.max(420, width * 1.3)), told.more ? el("p", {}, `${count(told.more, "neighbour")} did not fit.`) : null, table(told)]
      : el("p", {}, "Nothing is linked yet: import something, then let memory sleep."));
  tell(`${count(told.items.length, "memory", "memories")}, ${count(told.links.length, "link")}.`);
}
