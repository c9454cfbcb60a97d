// Talks to the server: one function for every call, one for a stream of events, and the key of this tab.

const KEY = "remanence-key";
const base = new URL("../v1/", document.baseURI);

export const keyed = () => sessionStorage.getItem(KEY) !== null;
export const useKey = (key) => sessionStorage.setItem(KEY, key);
export const dropKey = () => sessionStorage.removeItem(KEY);

// An answer that is not good: what happened and, in the message, the cure.
export class Problem extends Error {
  constructor(status, told) {
    super(told.detail || told.title || `the server answered ${status}`);
    this.status = status;
  }
}

function address(path, query = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") url.searchParams.append(name, one);
    }
  }
  return url;
}

function headers(more = {}) {
  const key = sessionStorage.getItem(KEY);
  return key === null ? more : { ...more, Authorization: `Bearer ${key}` };
}

async function checked(answer) {
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told);
}

async function sent(method, path, { query, body, headers: more, signal } = {}) {
  const bytes = body instanceof Blob;
  const type = body === undefined ? {} : { "Content-Type": bytes ? "application/octet-stream" : "application/json" };
  const options = { method, headers: headers({ ...type, ...more }), signal, cache: "no-store", redirect: "error" };
  if (body !== undefined) options.body = bytes ? body : JSON.stringify(body);
  return checked(await fetch(address(path, query), options));
}

export const get = async (path, query, signal) => (await sent("GET", path, { query, signal })).json();
export const post = async (path, body, signal, query) => (await sent("POST", path, { body, signal, query })).json();
export const patch = async (path, body, tag) => (await sent("PATCH", path, { body, headers: { "If-Match": tag } })).json();
export const remove = async (path) => (await sent("DELETE", path)).json();

// Follow an operation to its end: `told` gets each state; returns the last one.
export async function follow(id, told, signal) {
  const answer = await sent("GET", `operations/${encodeURIComponent(id)}/events`, { signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = null;
  for (;;) {
    const { done, value } = await reader.read();
    rest += value ?? "";
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      last = JSON.parse(line.slice(6));
      told(last);
    }
    if (done) return last;
  }
}
