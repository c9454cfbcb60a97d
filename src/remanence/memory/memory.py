"""Memory binds a recipe to a space: remember, recall, context, forget, sleep, and what surrounds them."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

from remanence import recipes
from remanence.compose import fence
from remanence.compose.answer import Answer, answer
from remanence.errors import IntegrityError, InvalidInput, ModelError, RecipeError
from remanence.ingest.message import Message, message, when
from remanence.models.embedder import by_name
from remanence.recall import known
from remanence.stage import Ctx, Recipe, WriteStage
from remanence.store.sqlite import Job, Store
from remanence.store.view import View
from remanence.types import (
    MAX_CUE,
    MAX_K,
    TRUST,
    Change,
    Chat,
    Clock,
    Context,
    Cue,
    Embedder,
    Hits,
    Item,
    Receipt,
    Scope,
    Update,
    Where,
    utc_now,
)

T = TypeVar("T")

BATCH = 1_000
"""Most messages in one transaction of `remember`."""
SLEEP_BATCH = 256
"""Items that a sleeping stage looks at in one transaction."""
ALARM = 0.2
"""Share of a space that `forget`, `erase` and `sleep` never take away at once unless told to."""
ALARM_FROM = 20
"""Below this many items the alarm keeps quiet."""

Input = str | Mapping[str, Any] | Message
Items = list[Item]
Names = list[str]
Stages = list[WriteStage]
Progress = Callable[[int, int | None], None]
"""Called with (done, total or None) as a long verb goes on."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """What `sleep()` did: counts before and after, what was added, superseded and demoted, what failed."""

    before: int
    after: int
    commits: tuple[int, ...] = ()
    put: int = 0
    updated: int = 0
    superseded: int = 0
    retired: int = 0
    linked: int = 0
    demoted: int = 0
    looked_at: int = 0
    waiting: int = 0
    failed: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    shrink_alarm: bool = False


class Memory:
    """Everything an agent has seen, been told, done and learned, in one file.

    >>> with Memory("my.db") as memory:
    ...     memory.remember({"who": "Ada", "text": "I moved to Rome last week.", "at": "2025-03-04"})
    ...     memory.recall("Where does Ada live?", k=5)[0].text
    ...     print(memory.context("Where does Ada live?", budget_tokens=500))

    path: the space file (made when missing), or ":memory:".
    recipe: a name (see `remanence recipes`) or a `Recipe`.
    embedder: "static" (bundled), "minilm", "hashing", "openai:<model>", or any `Embedder`.
    llm: any `Chat`; without one every stage does what it can by rule.
    user, agent, session, app: the scope that this handle sees and writes.
    clock, seed: the only sources of time and chance.
    durability: "full" answers after a full-sync commit; "relaxed" may lose the last commits in a power cut.
    """

    def __init__(
        self,
        path: str | Path,
        recipe: str | Recipe = "default",
        embedder: str | Embedder = "static",
        llm: Chat | None = None,
        *,
        user: str = "default",
        agent: str | None = None,
        session: str | None = None,
        app: str | None = None,
        clock: Clock = utc_now,
        seed: int | None = None,
        durability: str = "full",
        timeout: float = 30.0,
    ) -> None:
        self.scope = Scope(user, agent, session, app)
        self.recipe = recipes.get(recipe) if isinstance(recipe, str) else recipe
        self.embedder: Embedder = by_name(embedder) if isinstance(embedder, str) else embedder
        self.llm = llm
        self.clock = clock
        self._seed = 0 if seed is None else seed
        self._guard = threading.RLock()
        self.store = Store(
            path,
            model=self.embedder.model,
            dim=self.embedder.dim,
            clock=clock,
            seed=seed,
            durability=durability,
            timeout=timeout,
        )

    # --- in ---

    def remember(
        self,
        what: Input | Iterable[Input],
        *,
        key: str | None = None,
        trust: str | None = None,
        on_progress: Progress | None = None,
    ) -> Receipt:
        """Keep a text, a message, or many; answers after the commit with a receipt.

        A message is `{"who" or "role", "text" or "content", "at", "session", "source", ...}`; `at` may be a
        datetime, ISO text or a date as people write it, and is now when left out. A message whose `source`
        is known is not kept twice: with the same text it counts as a duplicate, with another it updates.
        Many messages go in transactions of 1,000; what was committed stays when a later one fails.

        key: an idempotency key: the same call again answers with the first receipt (`Conflict` when the
        content differs). trust: lowers the trust of all of it to a channel's ("assistant", "tool",
        "external"). Recalled text that comes back inside its fence is not remembered again.
        Raises InvalidInput for what cannot be kept, before anything of its transaction is written.
        """
        values: Iterable[Input] = [what] if isinstance(what, (str, Mapping, Message)) else what
        with self._guard:
            now = self.clock()
            if key is not None:
                everything = [message(value, now=now) for value in values]
                if len(everything) > BATCH:
                    raise InvalidInput(f"one idempotency key covers at most {BATCH:,} messages; use a key per batch")
                return self._remember(everything, key, trust)
            receipts = []
            done = 0
            total = len(values) if isinstance(values, Sequence) else None
            for batch in _batched(values, BATCH):
                receipts.append(self._remember([message(value, now=now) for value in batch], None, trust))
                done += len(batch)
                if on_progress is not None:
                    on_progress(done, total)
            return _total(receipts)

    def _remember(self, messages: Sequence[Message], key: str | None, trust: str | None) -> Receipt:
        if trust is not None and trust not in TRUST:
            raise InvalidInput(f"trust is one of {', '.join(TRUST)}, not {trust!r}")
        digest = blake2b(repr([_told(one) for one in messages]).encode("utf-8", "replace"), digest_size=16).digest()
        with self.store.lock:
            ctx = self._ctx()
            if key is not None and (earlier := self.store.receipt_of(self.scope, key, digest)) is not None:
                return earlier
            change, duplicates, quoted = self._turns(messages, trust, ctx)
            stage = self.recipe.write("on_write")
            if stage is not None and change.puts:
                change = stage(change, ctx)
            receipt = self.store.apply(
                replace(change, reason=change.reason or "remember"),
                scope=self.scope,
                embed=ctx.embed,
                key=key,
                digest=digest,
                jobs=self._jobs(),
                notes={"duplicates": duplicates, "quoted": quoted, "degraded": tuple(ctx.degraded)},
            )
            self._every()
        return receipt

    def _turns(self, messages: Sequence[Message], trust: str | None, ctx: Ctx) -> tuple[Change, int, int]:
        """The items that messages become, without what is known and without quotes of our own."""
        sources = [one.source for one in messages if one.source]
        known = ctx.store.by_source(sources) if sources else {}
        erased = self.store.was_erased(sources)
        puts: list[Item] = []
        updates: list[Update] = []
        duplicates = quoted = 0
        for one in messages:
            text, quotes = fence.strip(one.text)
            if quotes:
                quoted += len(quotes)
                if not text.strip() and not one.caption:
                    continue
            if one.source is not None:
                if one.source in erased:
                    duplicates += 1
                    continue
                if one.source in known:
                    id = known[one.source]
                    if not id or ctx.store.get(id).text == text:
                        duplicates += 1
                    else:
                        updates.append(Update(id, {"text": text}, reason="the source says otherwise now"))
                    continue
                known[one.source] = ""
            session = one.session if self.scope.session is None else self.scope.session
            limit = TRUST[trust] if trust is not None else 1.0
            puts.append(
                Item(
                    kind=one.kind,
                    text=text,
                    id=ctx.new_id(),
                    who=one.who,
                    at=one.at,
                    source=one.source,
                    scope=Scope(self.scope.user, self.scope.agent, session, self.scope.app),
                    trust=min(TRUST[one.trust], limit),
                    data=one.payload(),
                )
            )
        return Change(puts=tuple(puts), updates=tuple(updates)), duplicates, quoted

    # --- out ---

    def recall(
        self,
        cue: str,
        k: int = 10,
        *,
        kinds: Sequence[str] = (),
        who: str | Sequence[str] = (),
        session: str | None = None,
        since: datetime | str | None = None,
        before: datetime | str | None = None,
        as_of: datetime | str | None = None,
        known_as_of: datetime | str | None = None,
        tiers: Sequence[str] = ("hot",),
        now: datetime | str | None = None,
    ) -> Hits:
        """The k items that answer the cue best, with scores in [0, 1] and their `why`.

        as_of: what was true then, as far as we know now. known_as_of: what we believed then.
        since, before: bounds on `at`, [since, before). now: when the question is asked (the clock's now).
        `hits.confidence` in [0, 1] says whether memory holds an answer at all.
        """
        where = Where(
            kinds=tuple(kinds),
            who=(who,) if isinstance(who, str) else tuple(who),
            session=session,
            since=_when(since),
            before=_when(before),
            as_of=_when(as_of),
            known_as_of=_when(known_as_of),
            tiers=tuple(tiers),
        )
        with self._guard:
            asked = self._cue(cue, where, k, now)

            def found(ctx: Ctx) -> Hits:
                hits = self._found(asked, ctx).top(k)
                _ = hits.items
                return hits

            hits, ctx = self._whole(found)
            self._used(hits, ctx)
            return hits

    def _cue(self, cue: str, where: Where, k: int, now: datetime | str | None) -> Cue:
        if not isinstance(cue, str) or not cue.strip():
            raise InvalidInput("the cue is empty; ask something")
        if len(cue) > MAX_CUE:
            raise InvalidInput(f"the cue has {len(cue):,} characters; at most {MAX_CUE:,} are read")
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MAX_K:
            raise InvalidInput(f"k is a whole number from 1 to {MAX_K:,}, not {k!r}")
        return Cue(cue.encode("utf-8", "replace").decode(), _when(now) or self.clock(), where, k)

    def _found(self, cue: Cue, ctx: Ctx) -> Hits:
        """Run the read stages."""
        hits = self.recipe.recall(cue, Hits(ctx.store), ctx)
        if hits.confidence is None:
            hits.confidence = float(hits.scores.max()) if len(hits) else 0.0
        return hits

    def _whole(self, read: Callable[[Ctx], T]) -> tuple[T, Ctx]:
        """Read once more without the row when a damaged one is met, and say so."""
        ctx = self._ctx()
        for _ in range(8):
            try:
                return read(ctx), ctx
            except IntegrityError as error:
                ctx.degraded.append(f"left out: {error}")
        raise IntegrityError("many damaged items were met; run: remanence doctor --deep")

    def _used(self, hits: Hits, ctx: Ctx) -> None:
        """Let the recipe learn from what was recalled."""
        stage = self.recipe.write("on_recall")
        if stage is not None and len(hits):
            with self.store.lock:
                change = stage(Change(given=tuple(hits.items), reason="recall"), ctx)
                if not change.empty:
                    self.store.apply(change, scope=self.scope, embed=ctx.embed)

    def context(
        self,
        cue: str,
        budget_tokens: int = 1_000,
        *,
        k: int = 200,
        **where: Any,
    ) -> Context:
        """Dated, attributed snippets that fit `budget_tokens`, ready to paste; takes `recall`'s filters too.

        k: the most hits that are considered.
        """
        _budget(budget_tokens)
        now = where.pop("now", None)
        given = _where(where)
        with self._guard:
            asked = self._cue(cue, given, k, now)
            context, ctx = self._whole(
                lambda ctx: self.recipe.compose(asked, self._found(asked, ctx).top(k), ctx, budget_tokens)
            )
            if ctx.degraded:
                context = replace(context, degraded=(*context.degraded, *ctx.degraded))
            return context

    def ask(self, question: str, *, budget_tokens: int = 1_000, threshold: float | None = None, **where: Any) -> Answer:
        """The answer with its citations, or "not in memory" below `threshold`; takes `recall`'s filters too.

        Without a language model the answer is extracted from the evidence; with one it is written from
        `context(question, budget_tokens)`. threshold: the least confidence, in [0, 1] (0.5 when left out).
        """
        if threshold is not None and not 0 <= threshold <= 1:
            raise InvalidInput(f"threshold is a confidence from 0 to 1, not {threshold!r}")
        _budget(budget_tokens)
        now = where.pop("now", None)
        given = _where(where)
        with self._guard:
            asked = self._cue(question, given, 200, now)

            def told(ctx: Ctx) -> Answer:
                hits = self._found(asked, ctx).top(asked.k)
                if hits.confidence is None:
                    hits.confidence = known.sure(asked, hits, ctx)
                packed = self.recipe.compose(asked, hits, ctx, budget_tokens)
                return answer(asked, hits, packed, ctx, threshold=threshold)

            return self._whole(told)[0]

    def get(self, id: str, *, known_as_of: datetime | str | None = None) -> Item:
        """One item by its id; `NotFound` when it is not in this scope."""
        with self._guard:
            return self._view().get(id, known_as_of=_when(known_as_of))

    def list(
        self,
        *,
        limit: int = 100,
        offset: int = 0,
        newest_first: bool = False,
        **where: Any,
    ) -> Items:
        """Items in the order in which they were remembered; takes `recall`'s filters. `limit` 0 means all."""
        with self._guard:
            view = self._view()
            rows = view.rows(_where(where))
            if newest_first:
                rows = rows[::-1]
            return view.items(rows[offset : offset + limit if limit else None])

    def history(self, id: str) -> Items:
        """All versions of an item, oldest first; `seen` and `retired` say when each was believed."""
        with self._guard:
            return self._view().history(id)

    # --- change ---

    def update(self, id: str, text: str | None = None, *, if_version: int | None = None, **fields: Any) -> Receipt:
        """A new version of an item; the old one stays in its history.

        fields: who, at, until, source, data (merged; None removes a key), salience, tier, trust.
        if_version: fail with `Conflict` when the item has moved on.
        """
        if text is not None:
            fields["text"] = text
        for name in ("at", "until"):
            if name in fields and fields[name] is not None:
                fields[name] = when(fields[name])
        if not fields:
            raise InvalidInput("nothing to update; give a text or a field")
        return self._apply(Change(updates=(Update(id, fields, "update", if_version=if_version),), reason="update"))

    def forget(self, ids: str | Sequence[str], *, force: bool = False) -> Receipt:
        """Hide items from recall (tier `archived`); `restore` brings them back. Nothing is deleted."""
        chosen = [ids] if isinstance(ids, str) else list(ids)
        self._alarm(len(chosen), "forget", force)
        return self._apply(
            Change(updates=tuple(Update(id, {"tier": "archived"}, "forget") for id in chosen), reason="forget")
        )

    def restore(self, ids: str | Sequence[str]) -> Receipt:
        """Bring forgotten or demoted items back into recall."""
        chosen = [ids] if isinstance(ids, str) else list(ids)
        return self._apply(
            Change(updates=tuple(Update(id, {"tier": "hot"}, "restore") for id in chosen), reason="restore")
        )

    def erase(self, ids: str | Sequence[str], *, force: bool = False) -> Receipt:
        """Truly delete items: every version, vector, word and link, what rests on them, and the bytes.

        Their sources are remembered as keyed hashes only, so that a later import does not bring them back.
        """
        chosen = [ids] if isinstance(ids, str) else list(ids)
        self._alarm(len(chosen), "erase", force)
        with self._guard:
            return self.store.erase(chosen, scope=self.scope)

    def _alarm(self, count: int, verb: str, force: bool) -> None:
        with self._guard:
            total = self._view().count(Where(tiers=(), ended=True))
        if not force and count > max(ALARM_FROM, ALARM * total):
            raise InvalidInput(
                f"this would {verb} {count:,} of {total:,} items; say force=True (or --force) if that is meant"
            )

    def _apply(self, change: Change) -> Receipt:
        with self._guard:
            ctx = self._ctx()
            return self.store.apply(change, scope=self.scope, embed=ctx.embed)

    # --- sleep ---

    def sleep(self, *, on_progress: Progress | None = None, most: int | None = None, force: bool = False) -> Sleep:
        """Do the derived work that waits: what the recipe does `at_sleep`, and vectors that failed before.

        The work is a queue in the space: it can be stopped at any moment and goes on at the next call.
        most: look at no more than so many items now. A change that would take more than a fifth of the
        space away is refused and reported as `shrink_alarm` unless `force`.
        """
        with self._guard:
            everything = Where(tiers=(), ended=True)
            before = self._view().count(everything)
            if not any(job.stage == "at_sleep" for job in self.store.jobs()):
                self._nap()
            told = Sleep(before, before)
            looked = 0
            total = sum(job.high - job.low + 1 for job in self.store.jobs(state="waiting"))
            for job in self.store.jobs(state="waiting"):
                low: int | None = job.low
                while low is not None and (most is None or looked < most):
                    told, low, count = self._work(job, low, told, force)
                    looked += count
                    if on_progress is not None:
                        on_progress(min(looked, total), total)
            waiting = self.store.jobs()
            return replace(
                told,
                after=self._view().count(everything),
                looked_at=looked,
                waiting=sum(job.high - job.low + 1 for job in waiting if job.state == "waiting"),
                failed=tuple(f"{job.stage}: {job.error}" for job in waiting if job.state == "failed"),
            )

    def _nap(self) -> None:
        """Stages that tend the whole memory (decay, demotion) also run when nothing new came in."""
        stage = self.recipe.write("at_sleep")
        if stage is None:
            return
        ctx = self._ctx()
        with self.store.lock:
            change = stage(Change(reason="sleep"), ctx)
            if not change.empty and not self._shrinks(change):
                self.store.apply(change, scope=self.scope, embed=ctx.embed)

    def _work(self, job: Job, low: int, told: Sleep, force: bool) -> tuple[Sleep, int | None, int]:
        """One batch of one job, in one transaction with the job's progress."""
        numbers = self.store.index.n.now
        with self.store.lock:
            ctx = self._ctx(job.scope)
            numbers = self.store.index.n.now
            start, stop = np.searchsorted(numbers, [low, job.high + 1])
            rows = np.arange(start, min(stop, start + SLEEP_BATCH))
            following = int(numbers[rows[-1]]) + 1 if len(rows) and rows[-1] + 1 < stop else None
            if job.stage == "embed":
                return self._embed_again(job, rows, following, told)
            stage = self._stage_of(job)
            seen = ctx.store.rows(Where(tiers=(), ended=True))
            given = ctx.store.items(rows[np.isin(rows, seen)])
            try:
                change = Change(given=tuple(given), reason=f"sleep: {job.stage}")
                if stage is not None and given:
                    change = stage(change, ctx)
                if not force and self._shrinks(change):
                    self.store.fail(job, "shrink alarm: the change would hide more than a fifth of the space", most=1)
                    return replace(told, shrink_alarm=True), None, len(rows)
                receipt = self.store.apply(
                    change,
                    scope=job.scope,
                    embed=ctx.embed,
                    done=(job.job, following),
                    notes={"degraded": tuple(ctx.degraded)},
                )
            except (ModelError, RecipeError, InvalidInput) as error:
                gone = self.store.fail(job, f"{type(error).__name__}: {error}")
                note = f"{job.stage}: {error}" + (" (given up)" if gone else " (will be tried again)")
                return replace(told, degraded=(*told.degraded, note)), None, len(rows)
        demoted = sum(1 for update in change.updates if update.fields.get("tier") in ("cold", "archived"))
        return (
            replace(
                told,
                commits=(*told.commits, receipt.commit),
                put=told.put + receipt.put,
                updated=told.updated + receipt.updated,
                superseded=told.superseded + receipt.superseded,
                retired=told.retired + receipt.retired,
                linked=told.linked + receipt.linked,
                demoted=told.demoted + demoted,
                degraded=(*told.degraded, *receipt.degraded),
            ),
            following,
            len(rows),
        )

    def _embed_again(self, job: Job, rows: Any, following: int | None, told: Sleep) -> tuple[Sleep, int | None, int]:
        """Vectors that an embedder owed us."""
        try:
            self.store.fill_vectors(rows, self.embedder.embed, done=(job.job, following))
        except ModelError as error:
            self.store.fail(job, str(error), most=1_000)
            return replace(told, degraded=(*told.degraded, f"vectors: {error}")), None, len(rows)
        return told, following, len(rows)

    def _shrinks(self, change: Change) -> bool:
        hidden = len(change.retires) + sum(
            1 for u in change.updates if u.fields.get("tier") == "archived" or u.fields.get("until") is not None
        )
        total = self._view().count(Where(tiers=(), ended=True))
        return hidden > max(ALARM_FROM, ALARM * total)

    def _jobs(self) -> Names:
        """Names of the later work that new rows cause."""
        names = ["at_sleep"] if self.recipe.write("at_sleep") is not None else []
        return names + [f"every {i}" for i, _ in enumerate(self._periodic())]

    def _periodic(self) -> Stages:
        chain = self.recipe.write("every")
        return list(chain.flat()) if chain is not None else []

    def _stage_of(self, job: Job) -> WriteStage | None:
        if job.stage == "at_sleep":
            return self.recipe.write("at_sleep")
        if job.stage.startswith("every "):
            place = int(job.stage.removeprefix("every "))
            periodic = self._periodic()
            return periodic[place] if place < len(periodic) else None
        return None

    def _every(self) -> None:
        """Run the periodic stages whose period is full."""
        periodic = self._periodic()
        if not periodic:
            return
        for job in self.store.jobs(state="waiting"):
            stage = self._stage_of(job)
            if job.stage.startswith("every ") and stage is not None and job.high - job.low + 1 >= stage.period:
                low: int | None = job.low
                while low is not None:
                    _, low, _ = self._work(job, low, Sleep(0, 0), force=False)

    # --- about ---

    def stats(self) -> dict[str, Any]:
        """Counts by kind and tier, links, commits, waiting work, file size; one plain dictionary."""
        with self._guard:
            return {
                "path": self.store.path,
                "recipe": self.recipe.name,
                "embedder": self.store.model,
                "durability": self.store.durability,
                "scope": {
                    "user": self.scope.user,
                    "agent": self.scope.agent,
                    "session": self.scope.session,
                    "app": self.scope.app,
                },
                **self.store.stats(self.scope),
            }

    def change(self, stage: WriteStage, given: Sequence[str] = ()) -> Receipt:
        """Run one write stage now over the given items and commit what it proposes."""
        with self._guard, self.store.lock:
            ctx = self._ctx()
            items = tuple(ctx.store.get(id) for id in given)
            change = stage(Change(given=items, reason=repr(stage)), ctx)
            return self.store.apply(change, scope=self.scope, embed=ctx.embed, notes={"degraded": tuple(ctx.degraded)})

    def propose(self, what: Input | Sequence[Input]) -> Change:
        """What `remember` would do, as a Change that is not applied (a dry run)."""
        with self._guard, self.store.lock:
            ctx = self._ctx()
            values = [what] if isinstance(what, (str, Mapping, Message)) else list(what)
            change, _, _ = self._turns([message(value, now=self.clock()) for value in values], None, ctx)
            stage = self.recipe.write("on_write")
            return stage(change, ctx) if stage is not None else change

    def _view(self) -> View:
        return self.store.view(self.scope)

    def _ctx(self, scope: Scope | None = None) -> Ctx:
        view = self.store.view(scope or self.scope)
        return Ctx(
            store=view,
            embedder=self.embedder,
            clock=self.clock,
            rng=np.random.default_rng([self._seed, self.store.commit]),
            new_id=self.store.new_id,
            llm=self.llm,
        )

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        with self._guard:
            self.store.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Memory({self.store.path!r}, recipe={self.recipe.name!r}, user={self.scope.user!r})"


class Async:
    """Any object's methods as coroutines, each run in a thread: `await Async(memory).recall("...")`.

    The loop is never blocked; calls on one memory wait for each other.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        @functools.wraps(found)
        async def call(*args: Any, **knobs: Any) -> Any:
            return await asyncio.to_thread(found, *args, **knobs)

        return call

    async def __aenter__(self) -> Async:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._inner.close)


def _budget(tokens: int) -> None:
    """`InvalidInput` for a budget that is none."""
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 16 <= tokens <= 1_000_000:
        raise InvalidInput(f"budget_tokens is a whole number from 16 to 1,000,000, not {tokens!r}")


def _where(given: Mapping[str, Any]) -> Where:
    """`Where` from keyword filters; `InvalidInput` for one that there is not."""
    fields = dict(given)
    known = set(Where.__dataclass_fields__)
    for name in fields:
        if name not in known:
            raise InvalidInput(f"no filter {name!r}; there are: {', '.join(sorted(known))}")
    for name in ("kinds", "who", "tiers"):
        if name in fields:
            fields[name] = (fields[name],) if isinstance(fields[name], str) else tuple(fields[name])
    for name in ("since", "before", "as_of", "known_as_of"):
        if name in fields:
            fields[name] = _when(fields[name])
    return Where(**fields)


def _when(value: datetime | str | None) -> datetime | None:
    return None if value is None else when(value)


def _told(one: Message) -> tuple[Any, ...]:
    return (one.text, one.who, one.role, one.session, one.source, one.caption, one.kind)


def _batched(values: Iterable[Input], size: int) -> Iterator[list[Input]]:
    batch: list[Input] = []
    for value in values:
        batch.append(value)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _total(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for several commits."""
    if len(receipts) == 1:
        return receipts[0]
    total = Receipt()
    for one in receipts:
        sums = {
            name: getattr(total, name) + getattr(one, name)
            for name in Receipt.__dataclass_fields__
            if name not in ("commit", "durability", "replayed")
        }
        total = replace(one, **sums)
    return total
