"""Recorded talks: a file of `talks/` holds what is told to a memory and, under it, what memory makes of it, as text.

    python tests/records/recorder.py            # write all records anew; the reader of a change reads the diff
    python tests/records/recorder.py moving     # or only talks/moving.txt

A record is written as `doctest` has it: a line behind `>>>` is one of the verbs below, what follows is what it said.
What may differ between processors stays out: scores, confidences, the order of what is about as good. Ids, which are
random, are shown by the kind and number of what they name.
"""

from __future__ import annotations

import doctest
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from words import VERBS

from remanence import recipes
from remanence.compose.contradictions import contradictions
from remanence.compose.derivations import derivations
from remanence.compose.fence import doubt_of
from remanence.compose.graph import graph as neighbourhood
from remanence.compose.ladder import ladder
from remanence.compose.layers import layers
from remanence.compose.listing import listing
from remanence.compose.order import reorder
from remanence.compose.pack import Snippets
from remanence.compose.pairs import training_pairs
from remanence.compose.structured import structured
from remanence.compose.timeline import timeline
from remanence.errors import RemanenceError
from remanence.evolve import (
    associate,
    co_retrieval,
    decay,
    fuse,
    govern,
    link,
    merge,
    promote,
    quota,
    reconcile,
    rewrite,
    salience,
    settle,
    strengthen,
    tier,
)  # fmt: skip
from remanence.form import extract, points, segment
from remanence.language.statements.stored import statement_of
from remanence.memory.documents import Documents
from remanence.memory.memory import Memory
from remanence.models.reader.reading import Reading
from remanence.models.scripted import Script
from remanence.recall import find
from remanence.stage import Recipe, at_sleep, every, on_recall
from remanence.store.upkeep import check, rebuild, transfer
from remanence.testing import HandClock
from remanence.types import EVERYTHING, Cue, Hit, Item, Link, Scope, StoreView, Where

KNOWN = (
    Recipe, at_sleep, every, on_recall, listing, Snippets, layers, ladder, reorder, structured, associate, co_retrieval,
    decay, extract, find, fuse, govern, link, merge, points, promote, quota, reconcile, rewrite, salience, segment,
    settle, strengthen, tier, Script,
)  # fmt: skip
"""What a record may name beside its verbs."""
TALKS = Path(__file__).parent / "talks"
_SAID = re.compile(r"([A-Z]\w+): (.+)")
_ID = re.compile(r"\b(?=\w*\d)[0-9a-hjkmnp-z]{16}\b")


NOTHING = Reading(0, 0, 0.0, 0.0, 0.0, 0.02, 0.0, 0.0)
"""What a reader says of a passage that does not answer."""


class Finds:
    """A reader that knows what answers: for a word of a question, how sure it is of which words of a passage.

    Of several such words in a passage it takes those that are named first. yes, no: words that say so.
    """

    def __init__(self, known: dict[str, dict[str, float]], yes: Sequence[str] = (), no: Sequence[str] = ()) -> None:
        self.known, self.yes, self.no = known, yes, no

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        asked = next((found for word, found in self.known.items() if word in question), {})
        return [self._span(passage, asked) for passage in passages]

    def _span(self, passage: str, asked: dict[str, float]) -> Reading:
        yes, no = (0.95 * any(one in passage for one in words) for words in (self.yes, self.no))
        for words, sure in asked.items():
            place = passage.find(words)
            if place >= 0:
                return replace(NOTHING, start=place, end=place + len(words), answerable=sure, yes=yes, no=no)
        return replace(NOTHING, yes=yes, no=no)


class Talk:
    """One memory and the verbs of a record; each returns the lines that it has to show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = HandClock(datetime.fromisoformat("2024-01-01T09:00+00:00"))
        self.handles: list[Memory] = []
        self.spaces: dict[str, tuple[dict[str, str], dict[str, int]]] = {}
        self.names: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.settings: dict[str, Any] = {}

    @property
    def memory(self) -> Memory:
        return self.handles[-1]

    def close(self) -> None:
        for one in self.handles:
            one.close()

    # --- what a record may say ---

    def open(
        self, recipe: str | Recipe = "default", *, user: str = "ada", path: str = "", **settings: Any
    ) -> Iterable[str]:
        """A memory of a recipe; one at a `path` is found again when it is opened again."""
        place = self.folder / path if path else ":memory:"
        self.settings = {"reader": None, "seed": 1, "user": user, "clock": self.clock, **settings}
        if recipe == "default":  # whatever is found is told: at its floor the fitted weights decide by a hair
            recipe = replace(recipes.get(recipe), compose=Snippets(floor=0.0))
        self.handles.append(Memory(place, recipe, **self.settings))
        self.names, self.counts = self.spaces.setdefault(path or str(len(self.handles)), ({}, {}))
        return ()

    def now(self, moment: str) -> Iterable[str]:
        """Set the clock."""
        self.clock.now = datetime.fromisoformat(f"{moment}+00:00")
        return ()

    def later(self, **amount: float) -> Iterable[str]:
        """Let time pass."""
        self.clock.tick(**amount)
        return ()

    def say(self, session: str, at: str, *lines: str, every: int = 1, **fields: Any) -> Iterable[str]:
        """Tell lines "Who: text", `every` so many minutes from `at` on; their sources are the session and a number."""
        told = []
        for number, line in enumerate(lines, 1):
            named = _SAID.match(line)
            who, text = named.groups() if named is not None else (None, line)
            moment = datetime.fromisoformat(at) + timedelta(minutes=every * (number - 1))
            told.append({"who": who, "text": text, "at": moment.isoformat(), "session": session or None, **fields})
            told[-1].setdefault("source", f"{session}/{self._next(session)}")
            self.clock.now = max(self.clock.now, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        return self._receipt(self.memory.remember(told))

    def tell(self, what: Any, **how: Any) -> Iterable[str]:
        """`remember` as it is."""
        return self._receipt(self.memory.remember(what, **how))

    def sleep(self, **how: Any) -> Iterable[str]:
        """What the night did."""
        return self._receipt(self.memory.sleep(**how))

    def context(self, cue: str, budget: int = 300, **where: Any) -> Iterable[str]:
        """What a model would read, whole."""
        made = self.memory.context(cue, budget, **where)
        yield f"({made.tokens} tokens of {budget}, {len(made.hits)} hits{', cut' if made.truncated else ''})"
        yield from made.text.split("\n") if made.text else ()
        yield from (f"degraded: {one}" for one in made.degraded)

    def recall(self, cue: str, k: int = 10, *, ordered: bool = False, **where: Any) -> Iterable[str]:
        """The hits with their marks, in the order of time; `ordered`: best first, where nothing is near."""
        found: list[Hit] = list(self.memory.recall(cue, k, **where))
        if not ordered:
            found.sort(key=lambda hit: (self._day(hit.item.at), hit.item.kind, hit.text))
        yield from (self._hit(hit) for hit in found)

    def ask(self, question: str, threshold: float = 0.0, **where: Any) -> Iterable[str]:
        """The answer as it is read, with its sources and the marks of its evidence."""
        told = self.memory.ask(question, threshold=threshold, **where)
        if not told.in_memory:
            yield told.short
        else:
            yield told.short if str(told) != told.short else ""
            yield from str(told).split("\n")
        marks = [mark.told for hit in told.evidence for mark in hit.marks]
        yield from (f"  marked: {mark}" for mark in marks)
        yield from (f"degraded: {one}" for one in told.degraded)

    def facts(self, **where: Any) -> Iterable[str]:
        """Every statement that is stored, over or not, with its time, its manner and where it was said."""
        where = {"kinds": "fact", "ended": True, "tiers": (), **where}
        return sorted(self._fact(item) for item in self.memory.list(limit=0, **where))

    def items(self, *kinds: str, ended: bool = True, **where: Any) -> Iterable[str]:
        """Stored items of these kinds, in the order in which they were remembered."""
        for item in self.memory.list(limit=0, kinds=kinds, ended=ended, tiers=(), **where):
            yield from self._item(item)

    def links(self, *rels: str) -> Iterable[str]:
        """Every link of these relations."""
        ids = [item.id for item in self.memory.list(limit=0, tiers=(), ended=True)]
        found: list[Link] = self.memory.look(lambda view: view.links(ids, rels=rels))
        return sorted({self._link(link) for link in found})

    def profile(self, who: str, **how: Any) -> Iterable[str]:
        """What is known about somebody."""
        return str(self.memory.profile(who, **how)).split("\n")

    def history(self, source: str) -> Iterable[str]:
        """All versions of what was kept under a source."""
        for item in self.memory.history(self._of(source)):
            gone = f", believed until {item.retired:%Y-%m-%d %H:%M}" if item.retired else ""
            yield f"{item.version}. {self._lead(item)}{item.text} (seen {item.seen:%Y-%m-%d %H:%M}{gone})"

    def update(self, source: str, text: str | None = None, **fields: Any) -> Iterable[str]:
        return self._receipt(self.memory.update(self._of(source), text, **fields))

    def forget(self, *sources: str, **how: Any) -> Iterable[str]:
        return self._receipt(self.memory.forget([self._of(one) for one in sources], **how))

    def restore(self, *sources: str) -> Iterable[str]:
        return self._receipt(self.memory.restore([self._of(one) for one in sources]))

    def erase(self, *sources: str, **how: Any) -> Iterable[str]:
        return self._receipt(self.memory.erase([self._of(one) for one in sources], **how))

    def document(self, path: str, text: str, **data: Any) -> Iterable[str]:
        """Write a named text."""
        Documents(self.memory).put(path, text, data)
        return ()

    def graph(self, *sources: str, depth: int = 1, most: int = 60) -> Iterable[str]:
        """The neighbourhood of what was kept under some sources."""
        ids = [self._of(one) for one in sources]
        found = self.memory.look(lambda view: neighbourhood(view, ids, depth=depth, most=most))
        yield f"({len(found.items)} items, {found.more} more)"
        yield from sorted(f"{self.name(one.src)} -{one.rel}-> {self.name(one.dst)}" for one in found.edges)

    def pairs(self) -> Iterable[str]:
        """What a model could be taught."""
        for one in sorted(self.memory.look(lambda view: list(training_pairs(view))), key=lambda one: one.prompt):
            yield f"{one.form}: {one.prompt} {one.chosen}" + (f" (not {one.rejected})" if one.rejected else "")

    def change(self, stage: Any, *sources: str) -> Iterable[str]:
        """Run one stage over some items now."""
        return self._receipt(self.memory.change(stage, [self._of(one) for one in sources]))

    def timeline(self, **where: Any) -> Iterable[str]:
        """How much was said when."""
        told = self.memory.look(lambda view: timeline(view, Where(**where)))
        for bar in told.bars:
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(bar.kinds.items()))
            yield f"{told.unit} {self._day(bar.since)} to {self._day(bar.before)}: {bar.count} ({kinds})"
        yield f"undated {told.undated}"

    def disputes(self) -> Iterable[str]:
        """What stands side by side."""
        for one in self.memory.look(contradictions):
            yield f"{self.name(one.new.id)} against {self.name(one.old.id)}: {one.reason}"

    def derived(self, **most: int) -> Iterable[str]:
        """What was made when."""
        for one in self.memory.look(lambda view: derivations(view, **most)):
            formed, changed = (len(some) for some in (one.formed, one.changed))
            yield f"{one.at:%Y-%m-%d %H:%M}: {formed} formed, {changed} changed, {one.total} in all"

    def told_by(self, composed: Any, cue: str, budget: int = 300) -> Iterable[str]:
        """What another way of composing makes of the hits."""
        hits, ctx = self.memory.recall(cue, 20), self.memory._ctx()
        made = composed(Cue(cue, self.clock()), hits, ctx, budget)
        yield f"({made.tokens} tokens of {budget}, {len(made.hits)} hits{', cut' if made.truncated else ''})"
        yield from made.text.split("\n") if made.text else ()

    def echo(self, cue: str, *more: str) -> Iterable[str]:
        """What becomes of a context that comes back as a message, with other words before and behind it."""
        told = self.memory.context(cue, 300).text
        return self._receipt(self.memory.remember({"who": "Ada", "text": "\n".join([*more[:1], told, *more[1:]])}))

    def roll_back(self, commit: int) -> Iterable[str]:
        """Take back one commit."""
        memory = self.memory
        (row,) = [one for one in memory.store.journal() if one.commit == commit]
        change = memory.look(lambda view: govern.rollback(view, row))
        receipt = memory.store.apply(change, scope=memory.scope, embed=memory.embedder.embed)
        return self._receipt(receipt)

    def export(self, name: str, *, show: bool = False) -> Iterable[str]:
        """Write the scope to a file of this record."""
        out = StringIO()
        told = transfer.export(self.memory.store, out, scope=self.memory.scope)
        (self.folder / name).write_text(out.getvalue(), "utf-8")
        yield self._numbers(told)
        yield from out.getvalue().splitlines() if show else ()

    def load(self, name: str, *, trust: float = 0.9) -> Iterable[str]:
        """Import a file of this record into this scope."""
        lines = iter((self.folder / name).read_text("utf-8").splitlines(keepends=True))
        memory = self.memory
        yield self._numbers(transfer.import_(memory.store, lines, memory.embedder, scope=memory.scope, trust=trust))

    def doctor(self) -> Iterable[str]:
        """What is wrong with the space, and how much there is of it."""
        report = check.doctor(self.memory.store, deep=True)
        yield "sound" if report.ok else "not sound"
        yield from report.problems
        yield self._numbers({name: value for name, value in report.facts.items() if isinstance(value, int)})

    def replay(self) -> Iterable[str]:
        """Make the space again from its journal."""
        target = self.folder / f"replayed-{len(self.handles)}.db"
        yield self._numbers(rebuild.replay(self.memory.store, target, self.memory.embedder))
        self.handles.append(Memory(target, self.memory.recipe, **self.settings))

    def within(self, **scope: str) -> Iterable[str]:
        """Go on in another scope of the same space."""
        self.handles.append(self.memory.within(Scope(**{"user": self.memory.scope.user, **scope})))
        return ()

    def journal(self) -> Iterable[str]:
        """Why each commit was made."""
        return [f"{row.commit}. {self._plain(row.reason)}" for row in self.memory.store.journal()]

    # --- how it is shown ---

    def name(self, id: str) -> str:
        """The source of an item, or its kind and a number."""
        if id not in self.names:
            item: Item | None = self.memory.look(lambda view: self._found(view, id))
            if item is not None and item.source:
                return item.source
            kind = item.kind if item is not None else "gone"
            self.names[id] = f"{kind}#{self._next(kind)}"
        return self.names[id]

    @staticmethod
    def _found(view: StoreView, id: str) -> Item | None:
        row = view.rows_of([id], EVERYTHING)
        items = view.items(row[row >= 0])
        return items[0] if items else None

    def _next(self, kind: str) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def _of(self, source: str) -> str:
        """The id of what was kept under a source, or of what a record calls by kind and number."""
        for id, name in self.names.items():
            if name == source:
                return id
        found: dict[str, str] = self.memory.look(lambda view: view.by_source([source]))
        return found.get(source, source)

    def _plain(self, text: str) -> str:
        return _ID.sub(lambda m: self.name(m.group()), text) if self.handles else text

    def shown(self, line: str) -> str:
        """A line without what is random or may differ."""
        line = re.sub(r'(?<=memory id=")\d{12}', "...", line)
        return self._plain(line).rstrip()

    def _day(self, at: datetime | None) -> str:
        if at is None:
            return ""
        return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (0, 0) else f"{at:%Y-%m-%d %H:%M}"

    def _lead(self, item: Item) -> str:
        who = f"{item.who}: " if item.who else ""
        doubt = f"({doubt_of(item.trust)}) " if doubt_of(item.trust) else ""
        return f"[{item.kind}] {doubt}{who}"

    def _hit(self, hit: Hit) -> str:
        marks = "".join(f" <{mark.told}>" for mark in hit.marks)
        text = " ".join(hit.text.split())
        return f"{self._lead(hit.item)}{text[:100]}{'...' if text[100:] else ''} {{{self.name(hit.id)}}}{marks}"

    def _span(self, item: Item) -> str:
        since, until = self._day(item.at), self._day(item.until)
        return f"{since} to {until}" if until else f"{since} on" if since else "any time"

    def _cited(self, item: Item) -> str:
        return "".join(f" {{{self.name(one.id)}[{one.start}:{one.end}]}}" for one in item.evidence)

    def _fact(self, item: Item) -> str:
        says = statement_of(item)
        if says is None:
            return f"{item.text} ({self._span(item)}){self._cited(item)}"
        not_ = "" if says.polarity > 0 else "not "
        notes = [says.modality] if says.modality != "asserted" else []
        notes += [says.change] if says.change else []
        notes += [f"replaces {says.replaces}"] if says.replaces else []
        notes += [f"by {says.speaker}"] if says.speaker not in ("", says.subject) else []
        notes += ["unsure"] if not says.sure else []
        notes += [f"trust {item.trust:.1f}"] if item.trust < 1 else []
        notes += [item.tier] if item.tier != "hot" else []
        told = f" ({', '.join(notes)})" if notes else ""
        return f"{says.subject} | {says.attribute} | {not_}{says.value} | {self._span(item)}{told}{self._cited(item)}"

    def _item(self, item: Item) -> Iterable[str]:
        numbers = {"trust": item.trust, "strength": item.strength, "salience": item.salience, "utility": item.utility}
        usual = {"trust": 1.0, "strength": 1.0, "salience": 0.5, "utility": 0.0}
        notes = [self._span(item)]
        notes += [f"{name} {value:.2f}" for name, value in numbers.items() if abs(value - usual[name]) > 0.005]
        notes += [item.tier] if item.tier != "hot" else []
        notes += [f"version {item.version}"] if item.version > 1 else []
        notes += [f"used {item.uses} times"] if item.uses else []
        yield f"{self.name(item.id)} {self._lead(item)}{' '.join(item.text.split())} ({', '.join(notes)})"
        if item.evidence:
            yield f"  from{self._cited(item)}"
        for name, value in sorted(item.data.items()):
            if name not in ("keys", "utc_offset"):
                yield f"  {name}: {self._value(value)}"

    def _value(self, value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.2f}"
        if isinstance(value, list | tuple):
            return ", ".join(map(self._value, value))
        return " ".join(str(value).split())

    def _link(self, link: Link) -> str:
        weight = f" {link.weight:.2f}" if abs(link.weight - 1) > 0.005 else ""
        over = f" (until {self._day(link.until)})" if link.until else ""
        return f"{self.name(link.src)} -{link.rel}{weight}-> {self.name(link.dst)}{over}"

    def _receipt(self, receipt: Any) -> Iterable[str]:
        """What a verb did: the counts that are not 0, and in words what was refused, skipped or touched."""
        told = {one.name: getattr(receipt, one.name) for one in fields(receipt)}
        yield self._numbers({name: value for name, value in told.items() if isinstance(value, int) and value})
        for name in ("refused", "degraded", "notes", "failed"):
            yield from (f"  {name}: {one}" for one in told.get(name, ()))
        followed = sorted(map(self.name, told.get("followed", ())))
        if followed:
            yield f"  followed: {', '.join(followed)}"

    @staticmethod
    def _numbers(told: dict[str, Any]) -> str:
        left_out = ("commit", "bytes", "schema")
        return ", ".join(f"{name} {value}" for name, value in told.items() if name not in left_out) or "nothing"


def record(path: Path) -> str:
    """The record as it would be written now: its words and verbs, and what memory says to each."""
    text = path.read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        talk = Talk(Path(folder))
        known: dict[str, Any] = {one.__name__.rpartition(".")[2]: one for one in (*KNOWN, Finds)} | VERBS
        known |= {name: getattr(talk, name) for name in dir(Talk) if name[0] != "_" and name not in _NO_VERBS}
        try:
            return "".join(_played(talk, text, known))
        finally:
            talk.close()


_NO_VERBS = ("memory", "name", "shown", "close")


def _played(talk: Talk, text: str, verbs: dict[str, Any]) -> Iterable[str]:
    for part in doctest.DocTestParser().parse(text):
        if isinstance(part, str):
            yield part
            continue
        source = part.source.rstrip("\n").split("\n")
        yield f">>> {source[0]}\n" + "".join(f"... {line}\n" if line else "...\n" for line in source[1:])
        try:
            lines = list(eval(part.source, verbs))
        except RemanenceError as error:
            lines = [f"{type(error).__name__}: {error}"]
        yield "".join(f"{talk.shown(line) or '|'}\n" for line in lines)


def main(names: Sequence[str]) -> None:
    """Write records anew."""
    for path in sorted(TALKS.glob("*.txt")):
        if not names or path.stem in names:
            path.write_text(record(path), "utf-8")
            print(path.stem)


if __name__ == "__main__":
    main(sys.argv[1:])
