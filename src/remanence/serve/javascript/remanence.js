// A client of `remanence serve` for browsers, Node, Deno and Bun: one file, typed, no dependencies.
// Written by scripts/javascript_client.py from the server's OpenAPI page; change that, not this.

/**
 * @typedef {object} Add mem0's `add`.
 * @property {(string | { [name: string]: any } | any[])} messages
 * @property {(string | null)} [user_id]
 * @property {(string | null)} [agent_id]
 * @property {(string | null)} [run_id]
 * @property {({ [name: string]: any } | null)} [metadata]
 * @property {(string | number | null)} [timestamp]
 * @property {boolean} [infer]
 */

/**
 * @typedef {object} AnswerOut An answer, or "not in memory".
 * @property {string} answer
 * @property {boolean} in_memory
 * @property {number} confidence
 * @property {string} text
 * @property {string[]} sources
 */

/**
 * @typedef {object} Answered An answer; it may have more fields than are named here.
 */

/**
 * @typedef {object} Ask A question for an answer.
 * @property {string} question
 * @property {number} [budget_tokens]
 * @property {(number | null)} [threshold]
 * @property {Filters} [where]
 * @property {(string | null)} [now]
 * @property {(string | null)} [asker] the speaker whom I and my mean
 */

/**
 * @typedef {object} BarOut How many items have their time in [since, before), in all and by kind.
 * @property {string} since
 * @property {string} before
 * @property {number} count
 * @property {{ [name: string]: number }} kinds
 */

/**
 * @typedef {object} Change mem0's `update`.
 * @property {(string | null)} [text]
 * @property {(string | null)} [data]
 * @property {({ [name: string]: any } | null)} [metadata]
 */

/**
 * @typedef {object} Chosen Some items by their ids. `force` allows more than a fifth of the space.
 * @property {string[]} ids
 * @property {boolean} [force]
 */

/**
 * @typedef {object} ContextOut Packed text and its citations; `confidence` is null where it was not asked for.
 * @property {string} text
 * @property {number} tokens
 * @property {string[]} sources
 * @property {(number | null)} confidence
 */

/**
 * @typedef {object} ContradictionOut Two items that do not agree.
 * @property {ItemOut} new
 * @property {ItemOut} old
 * @property {string} reason
 * @property {(string | null)} noticed
 */

/**
 * @typedef {object} ContradictionsOut What nobody has settled, newest first.
 * @property {ContradictionOut[]} contradictions
 */

/**
 * @typedef {object} DerivationOut What one moment's work formed and changed; `total` also counts what is not shown.
 * @property {string} at
 * @property {ItemOut[]} formed
 * @property {ItemOut[]} changed
 * @property {number} total
 */

/**
 * @typedef {object} DerivationsOut What was derived, newest first.
 * @property {DerivationOut[]} derivations
 */

/**
 * @typedef {object} Filters Which items may be seen, on top of the key's scope. Times are ISO 8601 or dates as people write them.
 * @property {string[]} [kinds]
 * @property {string[]} [who]
 * @property {(string | null)} [session]
 * @property {(string | null)} [since]
 * @property {(string | null)} [before]
 * @property {(string | null)} [as_of] what was true then, as far as we know now
 * @property {(string | null)} [known_as_of] what we believed then
 * @property {string[]} [tiers]
 * @property {boolean} [ended] also what is no longer true
 */

/**
 * @typedef {object} GraphOut Items, the links among them, and how many neighbours did not fit.
 * @property {ItemOut[]} items
 * @property {LinkOut[]} links
 * @property {number} more
 */

/**
 * @typedef {object} HitOut One hit: an item, its rank score in [0, 1] and why.
 * @property {string} id
 * @property {string} kind
 * @property {string} text
 * @property {(string | null)} [source]
 * @property {(string | null)} [who]
 * @property {(string | null)} [at]
 * @property {(string | null)} [session]
 * @property {number} score
 * @property {{ [name: string]: any }} [why]
 */

/**
 * @typedef {object} HitsOut Hits, best first; `confidence` is null where it was not asked for.
 * @property {HitOut[]} hits
 * @property {(number | null)} confidence
 */

/**
 * @typedef {object} ItemOut One item.
 * @property {string} id
 * @property {string} kind
 * @property {string} text
 * @property {(string | null)} [source]
 * @property {(string | null)} [who]
 * @property {(string | null)} [at]
 * @property {(string | null)} [session]
 */

/**
 * @typedef {object} LinkOut A link; `rests_on` leads from what was derived to what it was derived from.
 * @property {string} src
 * @property {string} rel
 * @property {string} dst
 * @property {number} weight
 * @property {string} [reason]
 */

/**
 * @typedef {object} Message mem0's answer to a deletion.
 * @property {string} message
 */

/**
 * @typedef {object} NamesOut Whom and what a profile can be asked of.
 * @property {string[]} names
 */

/**
 * @typedef {object} OperationOut Long work: poll it, or follow its events.
 * @property {string} id
 * @property {string} kind
 * @property {("waiting" | "running" | "done" | "failed" | "cancelled")} state
 * @property {number} done
 * @property {(number | null)} total
 * @property {({ [name: string]: any } | null)} [result]
 * @property {({ [name: string]: any } | null)} [problem]
 */

/**
 * @typedef {object} OperationsOut The operations of this key, newest first.
 * @property {OperationOut[]} operations
 */

/**
 * @typedef {object} Pack A question for text that fits a model's window.
 * @property {string} cue
 * @property {number} [budget_tokens]
 * @property {Filters} [where]
 * @property {(string | null)} [now]
 * @property {(string | null)} [asker] the speaker whom I and my mean
 * @property {boolean} [confidence] also work out how likely memory holds an answer at all; it takes longer than the rest
 */

/**
 * @typedef {object} PageOut Some items, and the cursor of the next page.
 * @property {ItemOut[]} items
 * @property {(string | null)} next
 */

/**
 * @typedef {object} Patch New values of one item; what is left out stays. A key of `data` that is null is removed.
 * @property {(string | null)} [text]
 * @property {(string | null)} [who]
 * @property {(string | null)} [at]
 * @property {(string | null)} [until]
 * @property {({ [name: string]: any } | null)} [data]
 */

/**
 * @typedef {object} Problem An error, as RFC 9457 has it; `detail` names the cure.
 * @property {string} type
 * @property {string} title
 * @property {number} status
 * @property {string} detail
 */

/**
 * @typedef {object} ProfileOut Attribute -> statements, each with its interval, how sure it is and where it was said.
 * @property {string} who
 * @property {string} as_of
 * @property {{ [name: string]: { [name: string]: any }[] }} current
 * @property {{ [name: string]: { [name: string]: any }[] }} planned
 * @property {{ [name: string]: { [name: string]: any }[] }} history
 * @property {{ [name: string]: { [name: string]: any }[] }} roles
 */

/**
 * @typedef {object} Recall A question for evidence.
 * @property {string} cue
 * @property {number} [k]
 * @property {Filters} [where]
 * @property {(string | null)} [now]
 * @property {(string | null)} [asker] the speaker whom I and my mean
 * @property {boolean} [confidence] also work out how likely memory holds an answer at all; it takes longer than the rest
 */

/**
 * @typedef {object} ReceiptOut What a verb did.
 * @property {number} commit
 * @property {string[]} ids
 */

/**
 * @typedef {object} Remember Messages to keep, in order: a text, or an object with who or role, text or content, at, session, source.
 * @property {(string | { [name: string]: any })[]} messages
 * @property {(("assistant" | "tool" | "external") | null)} [trust]
 */

/**
 * @typedef {object} Results mem0's list of results.
 * @property {{ [name: string]: any }[]} results
 */

/**
 * @typedef {object} Search mem0's `search`, in the form of either version.
 * @property {string} query
 * @property {(string | null)} [user_id]
 * @property {(string | null)} [agent_id]
 * @property {(string | null)} [run_id]
 * @property {({ [name: string]: any } | null)} [filters]
 * @property {(number | null)} [top_k]
 * @property {(number | null)} [limit]
 * @property {(number | null)} [threshold]
 */

/**
 * @typedef {object} Settle Two items that do not agree, by their ids: keep the old, replace it by the new, or let both stand.
 * @property {string} new
 * @property {string} old
 * @property {("keep" | "replace" | "both")} choice
 */

/**
 * @typedef {object} TimelineOut Bars in order, without the empty ones; `unit` is hour, day, week, month or year.
 * @property {string} unit
 * @property {BarOut[]} bars
 * @property {number} undated
 */

/**
 * @typedef {object} VersionsOut All versions of one item, oldest first.
 * @property {ItemOut[]} versions
 */

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

  /**
   * The items that answer a cue best, with their scores and why.
   * @param {Recall} body
   * @param {Options} [options]
   * @returns {Promise<HitsOut>}
   */
  recall(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/recall`, { query, signal, body, type: "application/json" });
  }

  /**
   * Dated, attributed text that fits the budget, ready to paste.
   * @param {Pack} body
   * @param {Options} [options]
   * @returns {Promise<ContextOut>}
   */
  context(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/context`, { query, signal, body, type: "application/json" });
  }

  /**
   * The answer with its citations, or "not in memory".
   * @param {Ask} body
   * @param {Options} [options]
   * @returns {Promise<AnswerOut>}
   */
  ask(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/ask`, { query, signal, body, type: "application/json" });
  }

  /**
   * Counts by kind and tier, commits, waiting work.
   * @param {Options} [options]
   * @returns {Promise<Answered>}
   */
  stats({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/stats`, { query, signal });
  }

  /**
   * Keep one message or many; answers after the commit.
   * @param {Remember} body
   * @param {Options & { idempotencyKey?: (string | null) }} [options]
   *   idempotencyKey: the same call again does nothing
   * @returns {Promise<ReceiptOut>}
   */
  remember(body, { signal, idempotencyKey, ...query } = {}) {
    return this.#json("POST", `/v1/memories`, { query, signal, headers: { "idempotency-key": idempotencyKey }, body, type: "application/json" });
  }

  /**
   * Items in the order in which they were remembered; follow `next` until it is null.
   * @param {Options & { limit?: number, cursor?: (string | null), kind?: string[], speaker?: string[], tier?: string[], since?: (string | null), before?: (string | null), ended?: boolean, newest_first?: boolean }} [options]
   *   ended: also what is no longer true
   * @returns {Promise<PageOut>}
   */
  list({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/memories`, { query, signal });
  }

  /**
   * One item; its version stands in ETag.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<ItemOut>}
   */
  get(id, { signal, ...query } = {}) {
    return this.#json("GET", `/v1/memories/${encodeURIComponent(id)}`, { query, signal });
  }

  /**
   * A new version of an item, which stands in ETag; with If-Match it fails with 412 when the item has moved on.
   * @param {string} id
   * @param {Patch} body
   * @param {Options & { ifMatch?: (string | null) }} [options]
   *   ifMatch: the ETag that was read
   * @returns {Promise<ReceiptOut>}
   */
  update(id, body, { signal, ifMatch, ...query } = {}) {
    return this.#json("PATCH", `/v1/memories/${encodeURIComponent(id)}`, { query, signal, headers: { "if-match": ifMatch }, body, type: "application/json" });
  }

  /**
   * Truly delete one item, bytes included; the receipt says what went with it. If-Match as for a change.
   * @param {string} id
   * @param {Options & { ifMatch?: (string | null) }} [options]
   *   ifMatch: the ETag that was read
   * @returns {Promise<ReceiptOut>}
   */
  erase(id, { signal, ifMatch, ...query } = {}) {
    return this.#json("DELETE", `/v1/memories/${encodeURIComponent(id)}`, { query, signal, headers: { "if-match": ifMatch } });
  }

  /**
   * All versions of an item.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<VersionsOut>}
   */
  history(id, { signal, ...query } = {}) {
    return this.#json("GET", `/v1/memories/${encodeURIComponent(id)}/history`, { query, signal });
  }

  /**
   * Hide items from recall; nothing is deleted.
   * @param {Chosen} body
   * @param {Options} [options]
   * @returns {Promise<ReceiptOut>}
   */
  forget(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/memories/forget`, { query, signal, body, type: "application/json" });
  }

  /**
   * Bring forgotten items back.
   * @param {Chosen} body
   * @param {Options} [options]
   * @returns {Promise<ReceiptOut>}
   */
  restore(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/memories/restore`, { query, signal, body, type: "application/json" });
  }

  /**
   * Truly delete items, bytes included.
   * @param {Chosen} body
   * @param {Options} [options]
   * @returns {Promise<ReceiptOut>}
   */
  eraseMany(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/memories/erase`, { query, signal, body, type: "application/json" });
  }

  /**
   * Everything known about a person, place, project or thing, by attribute, with intervals and sources.
   * @param {Options & { name: string, as_of?: (string | null), known_as_of?: (string | null) }} options
   * @returns {Promise<ProfileOut>}
   */
  profile({ signal, ...query }) {
    return this.#json("GET", `/v1/profile`, { query, signal });
  }

  /**
   * Speakers, and people, places and things that are spoken of.
   * @param {Options} [options]
   * @returns {Promise<NamesOut>}
   */
  names({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/names`, { query, signal });
  }

  /**
   * How many items there are by hour, day, week, month or year.
   * @param {Options & { kind?: (string[] | null), speaker?: (string[] | null), since?: (string | null), before?: (string | null) }} [options]
   * @returns {Promise<TimelineOut>}
   */
  timeline({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/timeline`, { query, signal });
  }

  /**
   * What is linked with an item; without one, the items with the most links.
   * @param {Options & { id?: (string | null), depth?: number, limit?: number }} [options]
   * @returns {Promise<GraphOut>}
   */
  graph({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/graph`, { query, signal });
  }

  /**
   * What sleep and the stages on writing formed and changed, newest first.
   * @param {Options & { limit?: number }} [options]
   * @returns {Promise<DerivationsOut>}
   */
  derivations({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/derivations`, { query, signal });
  }

  /**
   * Pairs of items that do not agree and wait for a person.
   * @param {Options} [options]
   * @returns {Promise<ContradictionsOut>}
   */
  contradictions({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/contradictions`, { query, signal });
  }

  /**
   * Settle one pair: keep the old and hide the new, end the old where the new begins, or let both stand.
   * @param {Settle} body
   * @param {Options} [options]
   * @returns {Promise<ReceiptOut>}
   */
  settle(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/contradictions`, { query, signal, body, type: "application/json" });
  }

  /**
   * Do the derived work that waits: episodes, facts, links.
   * @param {Options} [options]
   * @returns {Promise<OperationOut>}
   */
  sleep({ signal, ...query } = {}) {
    return this.#json("POST", `/v1/sleep`, { query, signal });
  }

  /**
   * Keep a history that is sent as a file: a chat export, messages, a document.
   * @param {Blob | Uint8Array<ArrayBuffer> | string} body
   * @param {Options & { name?: string, format?: (string | null), skip_bad?: boolean }} [options]
   *   name: the file's name, which helps to tell its format
   * @returns {Promise<OperationOut>}
   */
  import(body, { signal, ...query } = {}) {
    return this.#json("POST", `/v1/import`, { query, signal, body, type: "application/octet-stream" });
  }

  /**
   * All versions of the caller's items, as JSON lines.
   * @param {Options} [options]
   * @returns {AsyncGenerator<any>}
   */
  async *export({ signal, ...query } = {}) {
    for await (const line of this.#lines("GET", `/v1/export`, { query, signal })) {
      if (line) yield JSON.parse(line);
    }
  }

  /**
   * The caller's operations, newest first.
   * @param {Options} [options]
   * @returns {Promise<OperationsOut>}
   */
  operations({ signal, ...query } = {}) {
    return this.#json("GET", `/v1/operations`, { query, signal });
  }

  /**
   * How far an operation is.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<OperationOut>}
   */
  operation(id, { signal, ...query } = {}) {
    return this.#json("GET", `/v1/operations/${encodeURIComponent(id)}`, { query, signal });
  }

  /**
   * Ask an operation to end; what it has committed stays.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<OperationOut>}
   */
  cancel(id, { signal, ...query } = {}) {
    return this.#json("DELETE", `/v1/operations/${encodeURIComponent(id)}`, { query, signal });
  }

  /**
   * Progress as server-sent events, until the operation has ended.
   * @param {string} id
   * @param {Options} [options]
   * @returns {AsyncGenerator<any>}
   */
  async *events(id, { signal, ...query } = {}) {
    for await (const line of this.#lines("GET", `/v1/operations/${encodeURIComponent(id)}/events`, { query, signal })) {
      if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
    }
  }

  /**
   * Keep messages.
   * @param {Add} body
   * @param {Options} [options]
   * @returns {Promise<Results>}
   */
  mem0Add(body, { signal, ...query } = {}) {
    return this.#json("POST", `/mem0/memories`, { query, signal, body, type: "application/json" });
  }

  /**
   * Every memory, newest first.
   * @param {Options & { user_id?: (string | null), agent_id?: (string | null), run_id?: (string | null), top_k?: number }} [options]
   * @returns {Promise<Results>}
   */
  mem0GetAll({ signal, ...query } = {}) {
    return this.#json("GET", `/mem0/memories`, { query, signal });
  }

  /**
   * Erase everything of one user, agent or run; at least one of them is named.
   * @param {Options & { user_id?: (string | null), agent_id?: (string | null), run_id?: (string | null) }} [options]
   * @returns {Promise<Message>}
   */
  mem0DeleteAll({ signal, ...query } = {}) {
    return this.#json("DELETE", `/mem0/memories`, { query, signal });
  }

  /**
   * One memory.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<Answered>}
   */
  mem0Get(id, { signal, ...query } = {}) {
    return this.#json("GET", `/mem0/memories/${encodeURIComponent(id)}`, { query, signal });
  }

  /**
   * Give a memory another text or metadata; the old version stays in its history.
   * @param {string} id
   * @param {Change} body
   * @param {Options} [options]
   * @returns {Promise<Message>}
   */
  mem0Update(id, body, { signal, ...query } = {}) {
    return this.#json("PUT", `/mem0/memories/${encodeURIComponent(id)}`, { query, signal, body, type: "application/json" });
  }

  /**
   * Erase a memory.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<Message>}
   */
  mem0Delete(id, { signal, ...query } = {}) {
    return this.#json("DELETE", `/mem0/memories/${encodeURIComponent(id)}`, { query, signal });
  }

  /**
   * What a memory said before.
   * @param {string} id
   * @param {Options} [options]
   * @returns {Promise<{ [name: string]: any }[]>}
   */
  mem0History(id, { signal, ...query } = {}) {
    return this.#json("GET", `/mem0/memories/${encodeURIComponent(id)}/history`, { query, signal });
  }

  /**
   * The memories that answer a query best.
   * @param {Search} body
   * @param {Options} [options]
   * @returns {Promise<Results>}
   */
  mem0Search(body, { signal, ...query } = {}) {
    return this.#json("POST", `/mem0/search`, { query, signal, body, type: "application/json" });
  }

  /**
   * The process answers.
   * @param {Options} [options]
   * @returns {Promise<Answered>}
   */
  healthz({ signal, ...query } = {}) {
    return this.#json("GET", `/healthz`, { query, signal });
  }

  /**
   * @typedef {{ query?: object, headers?: object, body?: any, type?: string, signal?: AbortSignal }} How
   * @param {string} method
   * @param {string} path
   * @param {How} [how]
   * @returns {Promise<Response>}
   */
  async #sent(method, path, { query = {}, headers = {}, body, type, signal } = {}) {
    const url = new URL(path.replace(/^\//, ""), this.#base.replace(/\/*$/, "/"));
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
        const lines = (rest + (value ?? "")).split("\n");
        rest = done ? "" : (lines.pop() ?? "");
        yield* lines;
        if (done) return;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}
