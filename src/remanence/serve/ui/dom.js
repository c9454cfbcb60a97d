// Builds nodes. What comes from a memory only ever becomes a text node; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

// A node: properties that begin with "on" are listeners, `style` is an object, true and false switch an attribute.
function made(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [rule, set] of Object.entries(value)) node.style.setProperty(rule, set);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const el = (tag, properties = {}, ...children) => made(document.createElement(tag), properties, children);
export const svg = (tag, properties = {}, ...children) => made(document.createElementNS(SVG, tag), properties, children);
export const fill = (node, ...children) => node.replaceChildren(...children.flat(Infinity).filter((child) => child));

let numbered = 0;
// An id that no other node has.
export const fresh = (name) => `${name}-${++numbered}`;

// A labelled control: the label, the control and a note below it.
export function field(label, control, note) {
  control.id ||= fresh("field");
  const parts = [el("label", { for: control.id }, label), control];
  if (note) {
    const id = fresh("note");
    control.setAttribute("aria-describedby", id);
    parts.push(el("small", { id }, note));
  }
  return el("div", { class: "field" }, parts);
}

export const button = (label, click, properties = {}) => el("button", { type: "button", onclick: click, ...properties }, label);

export function select(options, chosen = "") {
  return el("select", {}, options.map(([value, label]) => el("option", { value, selected: value === chosen }, label)));
}

// --- words and times ---

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

export const dayOf = (moment) => DAY.format(new Date(moment)).replaceAll(" ", "\u00a0");

// A time as people read it (in UTC), with the machine's form beside it.
export function time(iso, none = "") {
  if (!iso) return none;
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const midnight = moment.getUTCHours() + moment.getUTCMinutes() + moment.getUTCSeconds() === 0;
  const told = midnight ? dayOf(moment) : `${dayOf(moment)}, ${CLOCK.format(moment)}`;
  return el("time", { datetime: iso, title: iso }, told);
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

const COMMON = new Set(("a an and are as at be been but by can could did do does for from had has have he her his how i in is it its me my no "
  + "not of on or our she so than that the their them there they this to was we were what when where which who why will with you your").split(" "));
const ENDINGS = ["ing", "ed", "es", "s", "e"];

function stem(word) {
  const ending = ENDINGS.find((one) => word.endsWith(one) && word.length - one.length >= 3);
  return ending ? word.slice(0, -ending.length) : word;
}

// The text as nodes, with the words of the cue marked.
export function marked(text, cue) {
  const stems = (cue.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !COMMON.has(word)).map(stem);
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const word = found[0].toLowerCase();
    if (!stems.some((one) => word.startsWith(one) && word.length - one.length <= 4)) continue;
    nodes.push(text.slice(end, found.index), el("mark", {}, found[0]));
    end = found.index + found[0].length;
  }
  return [...nodes, text.slice(end)];
}

// The text as nodes, with the characters [start, end) marked. Places count characters, as the server does.
export function spanned(text, start, end) {
  const all = Array.from(text);
  if (!(end > start)) return [text];
  return [all.slice(0, start).join(""), el("mark", {}, all.slice(start, end).join("")), all.slice(end).join("")];
}
