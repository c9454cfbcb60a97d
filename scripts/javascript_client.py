"""Writes src/remanence/serve/javascript/remanence.js, the typed client of the server, from its OpenAPI page.

python scripts/javascript_client.py            write the file
python scripts/javascript_client.py --check    fail when it is stale
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from remanence.serve.http.app import make

TARGET = Path(__file__).parent.parent / "src" / "remanence" / "serve" / "javascript" / "remanence.js"
LEFT_OUT = {"mcp", "metrics", "readyz"}
"""Operations that other programs speak to."""
SCOPE = ("user", "agent", "session", "app")
HEAD = """// A client of `remanence serve` for browsers, Node, Deno and Bun: one file, typed, no dependencies.
// Written by scripts/javascript_client.py from the server's OpenAPI page; change that, not this.
"""
BODY = """
/** An answer that is not good: its status, and in the message what happened and the cure. */
export class RemanenceError extends Error {
  /**
   * @param {number} status
   * @param {{ title?: string, detail?: string }} told
   */
  constructor(status, told) {
    super(told.detail || told.title || `the server answered ${status}`);
    this.name = "RemanenceError";
    this.status = status;
  }
}

/**
 * @typedef {object} Scope Whose memory; what the key allows may only be narrowed.
 * @property {string} [user]
 * @property {string} [agent]
 * @property {string} [session]
 * @property {string} [app]
 */

/** @typedef {Scope & { signal?: AbortSignal }} Options */

/**
 * Talks to one server. Methods have the names of the operations; each takes a scope and a signal in its options.
 *
 *     const memory = new Remanence("http://127.0.0.1:8377", { key: "...", user: "ada" });
 *     await memory.remember({ messages: ["I moved to Rome."] });
 *     const { hits } = await memory.recall({ cue: "Where do I live?" });
 */
export class Remanence {
  #base;
  #key;
  #scope;

  /**
   * @param {string} [base] the server's address
   * @param {Scope & { key?: string }} [options] a key of `remanence keys`, and the scope of every call
   */
  constructor(base = "http://127.0.0.1:8377", { key, ...scope } = {}) {
    this.#base = base;
    this.#key = key;
    this.#scope = scope;
  }
@@METHODS@@

  /**
   * @typedef {{ query?: object, headers?: object, body?: any, type?: string, signal?: AbortSignal }} How
   * @param {string} method
   * @param {string} path
   * @param {How} [how]
   * @returns {Promise<Response>}
   */
  async #sent(method, path, { query = {}, headers = {}, body, type, signal } = {}) {
    const url = new URL(path.replace(/^\\//, ""), this.#base.replace(/\\/*$/, "/"));
    for (const [name, value] of Object.entries({ ...this.#scope, ...query })) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
      }
    }
    const sent = new Headers();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, String(value));
    if (this.#key !== undefined) sent.set("Authorization", `Bearer ${this.#key}`);
    if (type !== undefined) sent.set("Content-Type", type);
    const bytes = type === "application/json" ? JSON.stringify(body) : body;
    /** @type {RequestInit} */
    const request = { method, headers: sent, body: bytes, signal, redirect: "error" };
    const answer = await fetch(url, request).catch((error) => {
      if (method !== "GET" || signal?.aborted) throw error;
      return fetch(url, request); // a connection that was kept open may just have been closed
    });
    if (answer.ok) return answer;
    throw new RemanenceError(answer.status, await answer.json().catch(() => ({})));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {How} [how]
   * @returns {Promise<any>}
   */
  async #json(method, path, how) {
    return (await this.#sent(method, path, how)).json();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {How} [how]
   * @returns {AsyncGenerator<string>}
   */
  async *#lines(method, path, how) {
    const answer = await this.#sent(method, path, how);
    if (answer.body === null) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        const lines = (rest + (value ?? "")).split("\\n");
        rest = done ? "" : (lines.pop() ?? "");
        yield* lines;
        if (done) return;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}
"""


def page() -> dict[str, Any]:
    """The server's OpenAPI page, as a client gets it."""
    with tempfile.TemporaryDirectory() as folder:
        client = TestClient(make(folder), base_url="http://127.0.0.1")
        told: dict[str, Any] = client.get("/v1/openapi.json").json()
        return told


def typed(schema: Mapping[str, Any]) -> str:
    """A schema as a type in a comment."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            parts = list(dict.fromkeys(typed(one) for one in schema[several]))
            return f"({(' & ' if several == 'allOf' else ' | ').join(parts)})" if len(parts) > 1 else parts[0]
    if "enum" in schema or "const" in schema:
        return "(" + " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")])) + ")"
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(map(typed, schema["prefixItems"])) + "]"
        return f"{typed(schema.get('items', {}))}[]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"{{ [name: string]: {typed(more) if isinstance(more, Mapping) else 'any'} }}"
    return {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}.get(
        str(kind), "any"
    )


def types(schemas: Mapping[str, Any]) -> Iterator[str]:
    """Each named schema as a type."""
    for name, schema in sorted(schemas.items()):
        needed = set(schema.get("required", ()))
        yield "\n/**"
        yield f" * @typedef {{object}} {name} {_line(schema.get('description', ''))}".rstrip()
        for field, inner in schema.get("properties", {}).items():
            shown = field if field in needed else f"[{field}]"
            yield f" * @property {{{typed(inner)}}} {shown} {_line(inner.get('description', ''))}".rstrip()
        yield " */"


def method(verb: str, path: str, about: Mapping[str, Any]) -> Iterator[str]:
    """One operation as a method of the client."""
    name = re.sub(r"_(\w)", lambda found: found[1].upper(), about["operationId"])
    given = about.get("parameters", [])
    inside = [one for one in given if one["in"] == "path"]
    rest = [one for one in given if one["in"] != "path" and one["name"] not in SCOPE]
    body = next(iter(about.get("requestBody", {}).get("content", {}).items()), None)
    answer = next(code for code in about["responses"] if code.startswith("2"))
    media, schema = next(iter(about["responses"][answer].get("content", {"": {}}).items()))
    streamed = media in ("text/event-stream", "application/x-ndjson")
    shape = typed(schema.get("schema", {})) if media == "application/json" else "any"
    arguments = [_camel(one["name"]) for one in inside] + (["body"] if body else [])
    yield "\n  /**"
    yield f"   * {_line(about.get('description') or about['summary'])}"
    for one in inside:
        yield f"   * @param {{{typed(one['schema'])}}} {_camel(one['name'])}"
    if body:
        kind = "Blob | Uint8Array<ArrayBuffer> | string" if body[0] != "application/json" else typed(body[1]["schema"])
        yield f"   * @param {{{kind}}} body"
    more = "".join(
        f" {_camel(one['name'])}{'' if one.get('required') else '?'}: {typed(one['schema'])}," for one in rest
    )
    needs = any(one.get("required") for one in rest)
    options = f"Options & {{{more.rstrip(',')} }}" if rest else "Options"
    yield f"   * @param {{{options}}} {'options' if needs else '[options]'}"
    for one in rest:
        if one.get("description"):
            yield f"   *   {_camel(one['name'])}: {_line(one['description'])}"
    yield f"   * @returns {{{'AsyncGenerator' if streamed else 'Promise'}<{shape}>}}"
    yield "   */"
    names = [_camel(one["name"]) for one in rest if one["in"] == "header"]
    taken = f"{{ signal, {''.join(f'{one}, ' for one in names)}...query }}{'' if needs else ' = {}'}"
    how = ["query", "signal"]
    if names:
        pairs = ", ".join(f'"{one["name"]}": {_camel(one["name"])}' for one in rest if one["in"] == "header")
        how.append(f"headers: {{ {pairs} }}")
    if body:
        how += ["body", f'type: "{body[0]}"']
    place = re.sub(r"\{(\w+)\}", lambda found: f"${{encodeURIComponent({_camel(found[1])})}}", path)
    call = f'("{verb.upper()}", `{place}`, {{ {", ".join(how)} }})'
    yield f"  {'async *' if streamed else ''}{name}({', '.join([*arguments, taken])}) {{"
    if streamed:
        mark = "data: " if media == "text/event-stream" else ""
        test = f'line.startsWith("{mark}")' if mark else "line"
        yield f"    for await (const line of this.#lines{call}) {{"
        yield f"      if ({test}) yield JSON.parse(line{f'.slice({len(mark)})' if mark else ''});"
        yield "    }"
    else:
        yield f"    return this.#json{call};"
    yield "  }"


def _camel(name: str) -> str:
    return re.sub(r"-(\w)", lambda found: found[1].upper(), name)


def _line(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /")


def written(spec: Mapping[str, Any]) -> str:
    """The whole file."""
    methods = [
        line
        for path, operations in spec["paths"].items()
        for verb, about in operations.items()
        if about["operationId"] not in LEFT_OUT
        for line in method(verb, path, about)
    ]
    schemas = "\n".join(types(spec["components"]["schemas"]))
    return f"{HEAD}{schemas}\n{BODY.replace('@@METHODS@@', chr(10).join(methods))}"


def main() -> None:
    text = written(page())
    stale = not TARGET.exists() or TARGET.read_text("utf-8") != text
    if stale and "--check" in sys.argv:
        print(f"stale: {TARGET.name}; run: python scripts/javascript_client.py")
        sys.exit(1)
    if stale:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(text, "utf-8")
        print(f"written: {TARGET.name}")


if __name__ == "__main__":
    main()
