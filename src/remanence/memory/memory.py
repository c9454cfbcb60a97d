"""Memory binds a recipe to a space: remember, recall, context, ask, forget, sleep, and what surrounds them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, TypeVar, Unpack, cast
from weakref import WeakSet

from remanence import compose, ingest, recipes
from remanence import memory as verbs
from remanence.errors import InvalidInput, RemanenceError, StoreError
from remanence.memory import arguments, reading
from remanence.memory.filters import Filters, time_of, trust_of, where_of
from remanence.memory.handle import Handle
from remanence.memory.secrets import masked, policy_of
from remanence.models.chats import chat_by_name
from remanence.models.embedder import by_name
from remanence.models.reader.bundled import Bundled
from remanence.stage import Ctx, Recipe, WriteStage
from remanence.store.connection import Access
from remanence.store.door import Along
from remanence.store.lock import FORKED
from remanence.store.store import Store
from remanence.store.view import View
from remanence.types import (
    Change,
    Chat,
    Clock,
    Context,
    Embedder,
    Hits,
    Item,
    Reader,
    Receipt,
    Scope,
    StoreView,
    Update,
    Where,
    utc_now,
)

if TYPE_CHECKING:
    from remanence.compose.profile import Profile
    from remanence.ingest.message import Message
    from remanence.memory.sleep import Progress, Sleep

Input: TypeAlias = "str | Mapping[str, Any] | Message"
Items = list[Item]
T = TypeVar("T")
Asked = Where | Mapping[str, Any] | None

READER = Bundled()
"""The shipped reader; `Memory(path, reader=None)` answers by rules alone."""
CONSIDERED = 200
"""So many hits a context and an answer are made from."""


class Options(TypedDict, total=False):
    """What a memory may be opened with, beside the space, the recipe, the models and the user.

    agent, session, app: narrow the scope that this handle sees and writes.
    clock, seed: the only sources of time and chance.
    durability: "full" answers after a full-sync commit; "relaxed" may lose the last commits in a power cut.
    timeout: seconds to wait for another writer.
    trust_floor: nothing that is trusted less is ever read: a channel ("tool") or a number in [0, 1].
    reader: reads the best hits for `ask`; the shipped one when left out, None for rules alone.
    secrets: credentials (API keys, tokens, private keys) in what comes in. "mask" (the default): the message keeps
        them, facts, summaries, contexts, answers and models see `[secret: ...]`; "refuse": such a message is not
        kept; "keep": they are text like any other. The receipt says what was found.
    """

    agent: str | None
    session: str | None
    app: str | None
    clock: Clock
    seed: int | None
    durability: str
    timeout: float
    trust_floor: float | str
    reader: Reader | None
    secrets: str


def _told(look: Callable[[Memory], T], says: str) -> T:
    """A read-only property: a part of the handle, by name."""
    return cast("T", property(look, doc=says))


class _Guard:
    """One thread at a time, re-entrant. After a fork it refuses: a thread that held it is not there to let it go."""

    def __init__(self) -> None:
        self._thread, self._pid = threading.RLock(), os.getpid()

    def __enter__(self) -> None:
        if os.getpid() != self._pid:
            raise StoreError(FORKED)
        self._thread.acquire()

    def __exit__(self, *_: object) -> None:
        self._thread.release()

    def left_idle(self) -> bool:
        """In a child: whether no thread of the parent was in a verb when it forked."""
        return os.getpid() != self._pid and self._thread.acquire(blocking=False)


def _close_inherited() -> None:
    """In a child, close what the parent had open: SQLite would take its locks for the child's own and take none.

    That says nothing to the parent: its locks are its process's, and no checkpoint is made. What a thread of the parent
    was using at the fork is left alone.
    """
    for one in list(_opened):
        if one._guard.left_idle():
            _opened.discard(one)
            with suppress(RemanenceError):
                one.store.door.close()


class Memory:
    """Everything an agent has seen, been told, done and learned, in one file.

    >>> with Memory("my.db") as memory:
    ...     memory.remember({"who": "Ada", "text": "I moved to Rome last week.", "at": "2025-03-04"})
    ...     memory.recall("Where does Ada live?", k=5)[0].text
    ...     print(memory.context("Where does Ada live?", budget_tokens=500))

    path: the space file (made when missing), or ":memory:".
    recipe: a name (see `remanence recipes`) or a `Recipe`.
    embedder: "static" (bundled), "minilm", "hashing", "openai:<model>", or any `Embedder`.
    llm: "local:<path of a model>" or any `Chat`; without one every stage does what it can by rule.
    user: whose memory. Further settings: see `Options`.

    Every verb that reads takes the same filters, as keywords (`kinds=`, `who=`, `since=`, ...) or as
    `where=`: a `Where` or a mapping with the names of `remanence.memory.filters.FILTERS` and `data.KEY`.
    Times (`now`, `as_of`, `since`, ...) are aware datetimes, ISO text or a date as people write it.

    Raises at opening: InvalidInput; RecipeError (UnknownRecipe, BadKnob); ModelError (ModelMissing, ModelMismatch);
    StoreError (MigrationError, Locked, IntegrityError). Every verb raises InvalidInput for an argument that cannot be
    used, before anything is written, and StoreError when the file cannot do what is asked (Locked, StoreFull).
    """

    def __init__(
        self,
        path: str | Path,
        recipe: str | Recipe = "default",
        embedder: str | Embedder = "static",
        llm: str | Chat | None = None,
        *,
        user: str = "default",
        **options: Unpack[Options],
    ) -> None:
        wrong = set(options) - set(Options.__annotations__)
        if wrong:
            raise TypeError(f"Memory() has no setting {min(wrong)!r}; it has: {', '.join(Options.__annotations__)}")
        scope = Scope(user, options.get("agent"), options.get("session"), options.get("app"))
        floor = trust_of(options.get("trust_floor", 0.0), "trust_floor")
        secrets = policy_of(options.get("secrets", "mask"))
        model = by_name(embedder) if isinstance(embedder, str) else arguments.embedder_of(embedder)
        chat = chat_by_name(llm) if isinstance(llm, str) else llm
        clock, seed = arguments.clock_of(options.get("clock", utc_now)), arguments.seed_of(options.get("seed"))
        composed = recipes.get(recipe) if isinstance(recipe, str) else arguments.recipe_of(recipe)
        _close_inherited()
        self._guard = _Guard()
        store = Store(
            arguments.path_of(path),
            model=model.model,
            dim=model.dim,
            clock=clock,
            seed=seed,
            access=Access(options.get("durability", "full"), arguments.timeout_of(options.get("timeout", 30.0))),
        )
        self._handle = Handle(
            store, scope, composed, model, chat, clock, seed or 0, floor, options.get("reader", READER), secrets
        )
        _opened.add(self)
        if not store.memory and os.path.isdir(f"{store.path}.attach"):
            verbs.changing.sweep_at_opening(store, clock)

    store = _told(
        lambda memory: memory._handle.store, "The space: for upkeep, and for programs that know what they do."
    )
    scope = _told(lambda memory: memory._handle.scope, "Whose memory this handle sees and writes.")
    recipe = _told(lambda memory: memory._handle.recipe, "How it forms, evolves, recalls and composes.")
    embedder = _told(lambda memory: memory._handle.embedder, "What turns texts into vectors.")
    secrets = _told(lambda memory: memory._handle.secrets, "What becomes of credentials: mask, keep or refuse.")
    llm = _told(lambda memory: memory._handle.llm, "The language model, if there is one.")
    clock = _told(lambda memory: memory._handle.clock, "What says what time it is.")

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
        is known is not kept twice: with the same text it counts as a duplicate; with another it updates when the
        same person says it through as good a channel, and else both stand side by side, linked `contradicts`.
        That holds within one call as across two: what was said in between is in the history.
        Many messages go in transactions of 1,000; what was committed stays when a later one fails.

        key: an idempotency key: the same call again answers with the first receipt (`Conflict` when the
        content differs). trust: lowers the trust of all of it to a channel's ("assistant", "tool",
        "external"). Recalled text that comes back inside its fence is not remembered again.
        Raises InvalidInput for what cannot be kept, before anything of its transaction is written.
        """
        values: Iterable[Input] = (
            [what] if isinstance(what, (str, Mapping, ingest.message.Message)) else arguments.several(what)
        )
        with self._guard:
            now = self._handle.clock()
            if key is not None:
                arguments.word("key", key)
                values = list(values)
                everything = [ingest.message.message(value, now=now) for value in values]
                digest = verbs.intake.digest_of([ingest.message.message(value) for value in values], trust)
                if len(everything) > verbs.intake.BATCH:
                    raise InvalidInput(
                        f"one idempotency key covers at most {verbs.intake.BATCH:,} messages; use a key per batch"
                    )
                return self._keep(everything, trust, key, digest)
            receipts: list[Receipt] = []
            done, total = 0, len(values) if isinstance(values, Sequence) else None
            rest = iter(values)
            while batch := list(islice(rest, verbs.intake.BATCH)):
                receipts.append(self._keep([ingest.message.message(value, now=now) for value in batch], trust))
                done += len(batch)
                if on_progress is not None:
                    on_progress(done, total)
            return receipts[0] if len(receipts) == 1 else verbs.intake.total(receipts)

    def _keep(
        self, messages: Sequence[Message], trust: str | None, key: str | None = None, digest: bytes = b""
    ) -> Receipt:
        receipt = verbs.intake.remembered(self._handle, messages, trust, key, digest)
        if "every" in self.recipe.at:
            verbs.sleep.run_periodic(self._handle)
        return receipt

    def propose(self, what: Input | Sequence[Input]) -> Change:
        """What `remember` would do, as a Change that is not applied (a dry run)."""
        values = [what] if isinstance(what, (str, Mapping, ingest.message.Message)) else list(what)
        with self._guard:
            ctx = self._ctx()
            now = self._handle.clock()
            messages = [ingest.message.message(value, now=now) for value in values]
            change = verbs.intake.take(self._handle, messages, None, ctx).change
            stage = self.recipe.at.get("on_write")
            change = stage(change, ctx) if stage is not None else change
            return change if self._handle.secrets == "keep" else masked(change, ctx.store)

    # --- out ---

    def recall(
        self,
        cue: str,
        k: int = 10,
        *,
        where: Asked = None,
        now: datetime | str | None = None,
        asker: str | None = None,
        **filters: Unpack[Filters],
    ) -> Hits:
        """The k items that answer the cue best, with scores in [0, 1] and their `why`.

        as_of: what was true then, as far as we know now. known_as_of: what we believed then.
        since, before: bounds on `at`, [since, before). now: the time when the question is asked (the clock's now).
        asker: the speaker whom "I" and "my" mean, by name; left out, whoever is stored as the user, or who is left
            when all others who spoke are named.
        `hits.confidence` in [0, 1] says whether memory holds an answer at all.
        """
        with self._guard:
            asked = reading.cue_of(self._handle, cue, self._where(where, filters), k, now, asker)
            return reading.recalled(self._handle, asked)

    def context(
        self,
        cue: str,
        budget_tokens: int = 1_000,
        *,
        k: int = CONSIDERED,
        where: Asked = None,
        now: datetime | str | None = None,
        asker: str | None = None,
        **filters: Unpack[Filters],
    ) -> Context:
        """Dated, attributed snippets that fit `budget_tokens`, ready to paste; takes the filters.

        k: the most hits that are considered. now: the time when the question is asked (the clock's now).
        asker: as in `recall`.
        """
        arguments.whole_number("budget_tokens", budget_tokens, 16, 1_000_000)
        with self._guard:
            asked = reading.cue_of(self._handle, cue, self._where(where, filters), k, now, asker)
            return reading.composed(self._handle, asked, budget_tokens)

    def ask(
        self,
        question: str,
        *,
        budget_tokens: int = 1_000,
        threshold: float | None = None,
        where: Asked = None,
        now: datetime | str | None = None,
        asker: str | None = None,
        **filters: Unpack[Filters],
    ) -> compose.cited.Answer:
        """The answer with its citations, or "not in memory" below `threshold`; takes the filters.

        Without a language model the answer is extracted from the evidence; with one it is written from
        `context(question, budget_tokens)`. threshold: the least confidence, in [0, 1] (0.62 when left out).
        now: the time when it is asked (the clock's now). asker: as in `recall`.
        """
        if threshold is not None:
            threshold = arguments.share("threshold", threshold)
        arguments.whole_number("budget_tokens", budget_tokens, 16, 1_000_000)
        with self._guard:
            asked = reading.cue_of(self._handle, question, self._where(where, filters), CONSIDERED, now, asker)
            return reading.asked(self._handle, asked, budget_tokens, threshold)

    def profile(
        self,
        who: str,
        *,
        as_of: datetime | str | None = None,
        known_as_of: datetime | str | None = None,
        now: datetime | str | None = None,
    ) -> Profile:
        """Everything known about a person, place, project or thing, by attribute, with history and sources.

        as_of: the moment that is asked about (default: now). known_as_of: from what was believed at this time.
        It reads the stored statements, so sleep first.
        """
        asked, name = time_of(as_of, "as_of"), arguments.word("who", who)
        believed = time_of(known_as_of, "known_as_of")
        with self._guard:
            asked_at = time_of(now) or self._handle.clock()
            return compose.profile.profile(self._handle.told(), name, now=asked_at, as_of=asked, known_as_of=believed)

    def look(self, at: Callable[[StoreView], T]) -> T:
        """What a function makes of the read side of this scope, caught up with every commit; it writes nothing."""
        with self._guard:
            return at(self._handle.told())

    def get(self, id: str, *, known_as_of: datetime | str | None = None) -> Item:
        """One item by its id, as it was believed at the time `known_as_of`; `NotFound` when it is not in this scope."""
        with self._guard:
            return self._view().get(arguments.word("id", id), known_as_of=time_of(known_as_of, "known_as_of"))

    def list(
        self,
        *,
        limit: int = 100,
        offset: int = 0,
        newest_first: bool = False,
        where: Asked = None,
        **filters: Unpack[Filters],
    ) -> Items:
        """At most `limit` items (0 means all) from the `offset`-th on, in the order in which they were remembered.

        offset: how many items are passed over. Takes the filters.
        """
        arguments.whole_number("limit", limit, 0, 2**62)
        arguments.whole_number("offset", offset, 0, 2**62)
        with self._guard:
            view = self._view()
            rows = view.rows(self._where(where, filters))
            if newest_first:
                rows = rows[::-1]
            return view.items(rows[offset : offset + limit if limit else None])

    def count(self, *, where: Asked = None, **filters: Unpack[Filters]) -> int:
        """How many items there are; takes the filters."""
        with self._guard:
            return self._view().count(self._where(where, filters))

    def history(self, id: str) -> Items:
        """All versions of an item, oldest first; `seen` and `retired` say when each was believed. Raises NotFound."""
        with self._guard:
            return self._view().history(arguments.word("id", id))

    def _where(self, where: Asked, filters: Mapping[str, Any]) -> Where:
        return where_of(where, filters, floor=self._handle.trust_floor)

    # --- change ---

    def update(self, id: str, text: str | None = None, *, if_version: int | None = None, **fields: Any) -> Receipt:
        """A new version of an item; the old one stays in its history.

        fields: who, at, until, source, session, data (merged; None removes a key), salience, tier, trust.
        if_version: fail with `Conflict` when the item has moved on from this version. Raises NotFound.
        """
        if text is not None:
            fields["text"] = text
        if if_version is not None:
            arguments.whole_number("if_version", if_version, 1, 2**62)
        arguments.word("id", id)
        fields = arguments.update_of(fields)
        with self._guard:
            return verbs.changing.update(
                self._handle, Update(id, fields, verbs.changing.BY_A_PERSON, if_version=if_version)
            )

    def forget(self, ids: str | Sequence[str], *, force: bool = False) -> Receipt:
        """Hide items, and what rests on them, from recall; `restore` brings them back. Nothing is deleted.

        What a forgotten item had ended is true again. `receipt.followed` names what else was touched. Raises NotFound;
        InvalidInput where it would hide more than a fifth of the scope, unless `force`.
        """
        chosen = arguments.words("ids", ids)
        with self._guard:
            verbs.sleep.check_alarm(self._handle, len(chosen), "forget", force)
            return verbs.changing.forget(self._handle, chosen)

    def restore(self, ids: str | Sequence[str]) -> Receipt:
        """Bring forgotten or demoted items back into recall, with what was hidden with them. Raises NotFound."""
        with self._guard:
            return verbs.changing.restore(self._handle, arguments.words("ids", ids))

    def erase(self, ids: str | Sequence[str], *, force: bool = False, if_version: int | None = None) -> Receipt:
        """Truly delete items: every version, vector, word and link, what rests on them, and the bytes.

        What they had ended is true again, and what is left of an episode or a summary is formed anew at sleep.
        Their sources are remembered as keyed hashes only, so that a later import does not bring them back.
        if_version: fail with `Conflict` when an item has moved on from this version.
        Raises NotFound; InvalidInput where it would take more than a fifth of the scope, unless `force`.
        """
        chosen = arguments.words("ids", ids)
        if if_version is not None:
            arguments.whole_number("if_version", if_version, 1, 2**62)
        with self._guard:
            verbs.sleep.check_alarm(self._handle, len(chosen), "erase", force)
            return verbs.changing.erase(self._handle, chosen, if_version)

    def change(self, stage: WriteStage, given: Sequence[str] = ()) -> Receipt:
        """Run one write stage now over the given items and commit what it proposes."""

        def make(ctx: Ctx) -> verbs.commit.Proposal:
            items = tuple(ctx.store.get(id) for id in given)
            change = stage(Change(given=items, reason=repr(stage)), ctx)
            return verbs.commit.Proposal(change, Along(notes={"degraded": tuple(ctx.degraded)}))

        with self._guard:
            receipt = verbs.commit.committed(self._handle, make)
            assert receipt is not None  # a proposal that may be empty always has one
            return receipt

    def sleep(self, *, on_progress: Progress | None = None, most: int | None = None, force: bool = False) -> Sleep:
        """Do the derived work that waits: what the recipe does `at_sleep`, and vectors that failed before.

        The work is a queue in the space: it can be stopped at any moment and goes on at the next call.
        Only work of this handle's scope and recipe is done; other work waits for its own handle.
        most: look at no more than so many items now. A change that would take more than a fifth of the
        scope away is refused and reported as `shrink_alarm` unless `force`.
        """
        if most is not None:
            arguments.whole_number("most", most, 0, 2**62)
        with self._guard:
            return verbs.sleep.sleep(self._handle, on_progress=on_progress, most=most, force=force)

    # --- about ---

    def stats(self) -> dict[str, Any]:
        """Counts by kind and tier, links, commits, waiting work, file size; one plain dictionary."""
        with self._guard:
            return {
                "path": self.store.path,
                "recipe": self.recipe.name,
                "embedder": self.store.model,
                "durability": self.store.access.durability,
                "scope": {name: getattr(self.scope, name) for name in ("user", "agent", "session", "app")},
                **self.store.stats(self.scope),
            }

    def _view(self) -> View:
        return self._handle.view()

    def _ctx(self, scope: Scope | None = None) -> Ctx:
        return self._handle.ctx(scope)

    def within(self, scope: Scope) -> Memory:
        """A handle on the same open space for another scope; it shares file and index, and closes with this one."""
        other = copy(self)
        other._handle = replace(self._handle, scope=scope)
        return other

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


_opened: WeakSet[Memory] = WeakSet()
"""Of this process, and of the one that it was forked from."""
