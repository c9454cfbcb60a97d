"""The verbs and what stands behind them, case by case: arguments, filters, echoes, trust, what follows a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remanence import Memory
from remanence.errors import Conflict, InvalidInput, NotFound
from remanence.form import extract
from remanence.memory import arguments, echo, filters, follow, mem0, trust
from remanence.memory.filters import where_of
from remanence.memory.handle import LATELY
from remanence.testing import HandClock
from remanence.types import TRUST, Change, Cue, Evidence, Hits, Item, Link, Update, Where

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory(":memory:", "plain", clock=HandClock(NOW)) as opened:
        yield opened


def put(memory: Memory, *items: Item, links: tuple[Link, ...] = (), updates: tuple[Update, ...] = ()) -> None:
    change = Change(puts=items, links=links, updates=updates, reason="test")
    memory.store.apply(change, scope=memory.scope, embed=memory.embedder.embed)


# --- arguments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (lambda value: arguments.whole_number("n", value, 2, 5), (2, 5), (1, 6, True, 2.0, "3", None)),
        (lambda value: arguments.share("s", value), (0, 1, 0.5), (-0.01, 1.01, True, "1", None, float("nan"))),
        (lambda value: arguments.word("w", value), ("", "a"), (1, None, b"a", "\ud800")),
        (lambda value: arguments.words("w", value), ("a", ["a", "b"], ("a",), {"a"}), (1, None, ["a", 1], ["\ud800"])),
        (arguments.several, (["a"], iter("a")), (b"a", bytearray(b"a"), 7, None)),
        (arguments.clock_of, (lambda: NOW,), (NOW, None, "now")),
        (arguments.seed_of, (None, 0, 2**63 - 1), (-1, 2**63, True, 1.5)),
        (arguments.timeout_of, (0, 1.5, 86_400), (-1, 86_401, True, "1", None)),
        (filters.trust_of, (0, 1, 0.5, "tool"), (-0.1, 1.1, True, "tools", None)),
    ],
)
def test_an_argument_is_taken_up_to_its_bounds(check: Callable[[Any], Any], right: Any, wrong: Any) -> None:
    """And refused by name beyond them, or when it is of another type."""
    for value in right:
        check(value)
    for value in wrong:
        with pytest.raises(InvalidInput):
            check(value)


def test_several_texts_are_a_list_without_repetitions() -> None:
    """In their order; one text is a list of one."""
    assert (["b", "a"], ["a"]) == (arguments.words("w", ["b", "a", "b"]), arguments.words("w", "a"))


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("a.db", True), (Path("a.db"), True), ("x" * 234, True), ("x" * 235, False), ("", False), ("a\x00b", False),
        ("/d" * 251 + "/a", True), ("/d" * 252 + "/a", False), ("d/" * 2000 + "a", False),
        (7, False), (b"a.db", False), ("\ud800", False),
    ],
)  # fmt: skip
def test_a_path_is_one_that_a_file_can_have(path: Any, right: bool) -> None:
    """With room for the names of what comes to lie beside it, and no longer from the root on than SQLite opens."""
    if right:
        assert str(path) == str(arguments.path_of(path))
    else:
        with pytest.raises(InvalidInput):
            arguments.path_of(path)


@pytest.mark.parametrize(("length", "right"), [(504, True), (505, False)])
def test_the_longest_path_that_is_let_in_opens(length: int, right: bool, tmp_path: Path) -> None:
    """A longer one is refused before anything is made, through a short link too."""
    folder = tmp_path.resolve()
    while len(str(folder)) < length - 202:
        folder /= "d" * min(200, length - len(str(folder)) - 10)
    folder.mkdir(parents=True)
    link = tmp_path / "short"
    link.symlink_to(folder)
    name = "a" * (length - len(str(folder)) - 1)

    for place in (folder / name, link / name):
        if right:
            with Memory(place, "plain", embedder="hashing") as memory:
                assert memory.remember("The plum tree bears.").ids
        else:
            with pytest.raises(InvalidInput, match="505 bytes"):
                Memory(place, "plain", embedder="hashing")
    assert right or not list(folder.iterdir())


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"at": "2024-03-01"}, {"at": datetime(2024, 3, 1, tzinfo=UTC)}),
        ({"until": None}, {"until": None}),
        ({"trust": "tool"}, {"trust": TRUST["tool"]}),
        ({"salience": 1}, {"salience": 1.0}),
        ({"who": None, "session": None}, {"who": None, "session": None}),
        ({"tier": "cold"}, {"tier": "cold"}),
        ({"data": {"a": None}}, {"data": {"a": None}}),
    ],
)
def test_a_field_is_updated_as_it_is_stored(fields: dict[str, Any], made: dict[str, Any]) -> None:
    """Times, channels and numbers are read; None clears what may be empty."""
    assert made == arguments.update_of(fields)


@pytest.mark.parametrize(
    "fields",
    [{}, {"id": "x"}, {"tier": "warm"}, {"text": None}, {"kind": None}, {"tier": None}, {"data": [1]}, {"salience": 2},
     {"who": 7}, {"trust": "friend"}, {"at": "no time"}],
)  # fmt: skip
def test_a_field_that_is_none_is_refused(fields: dict[str, Any]) -> None:
    """Before anything is written."""
    with pytest.raises(InvalidInput):
        arguments.update_of(fields)


# --- filters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ({"kind": "turn"}, Where(kinds=("turn",))),
        ({"kinds": None}, Where()),
        ({"speaker": ["Ann", "Bob"]}, Where(who=("Ann", "Bob"))),
        ({"tier": ()}, Where(tiers=())),
        ({"since": "2024-03-01", "before": None}, Where(since=datetime(2024, 3, 1, tzinfo=UTC))),
        ({"ended": True}, Where(ended=True)),
        ({"min_trust": "tool"}, Where(min_trust=TRUST["tool"])),
        ({"data": {"a": 1}, "data.b.c": "x"}, Where(data=((("a",), 1), (("b", "c"), "x")))),
        ({"data." + ".".join("a" * 16): 1}, Where(data=((("a",) * 16, 1),))),
        ({"session": "s", "sources": "x"}, Where(session="s", source=("x",))),
    ],
)
def test_a_filter_is_read_in_every_spelling(asked: dict[str, Any], made: Where) -> None:
    """Singular and plural, one or several, nested values of data."""
    assert made == where_of(asked, {}) == where_of(None, asked)


@pytest.mark.parametrize(
    "asked",
    [{"kinds": 7}, {"kinds": [7]}, {"tiers": "warm"}, {"ended": 1}, {"session": 7}, {"data": 7}, {"data": {7: 1}},
     {"data.": 1}, {"data.a..b": 1}, {"data." + ".".join("a" * 17): 1}, {"data.a": [1]}, {"knid": "turn"}, {7: 1}],
)  # fmt: skip
def test_a_filter_that_is_none_is_refused(asked: dict[Any, Any]) -> None:
    """By name."""
    with pytest.raises(InvalidInput):
        where_of(asked, {})


@pytest.mark.parametrize(("asked", "floor", "least"), [(0.5, 0.3, 0.5), (0.3, 0.5, 0.5), (0.5, 0.5, 0.5)])
def test_the_floor_of_a_handle_holds_whatever_is_asked(asked: float, floor: float, least: float) -> None:
    """The higher of the two."""
    assert least == where_of({"min_trust": asked}, {}, floor=floor).min_trust


def test_a_list_is_cut_by_offset_and_limit_from_either_end(memory: Memory) -> None:
    """0 means all; both count from the end that is asked for."""
    memory.remember(["a", "b", "c", "d"])
    texts = lambda **knobs: "".join(item.text for item in memory.list(**knobs))  # noqa: E731

    assert ("abcd", "ab", "bc", "cd", "d", "") == (
        texts(limit=0), texts(limit=2), texts(offset=1, limit=2), texts(offset=2, limit=0), texts(offset=3),
        texts(offset=4),
    )  # fmt: skip
    assert ("dcba", "dc", "cb") == (
        texts(newest_first=True), texts(newest_first=True, limit=2), texts(newest_first=True, offset=1, limit=2),
    )  # fmt: skip


# --- our own words coming back ---------------------------------------------------------------------

LONG = "the small red heron stood at Vudobega still in the tall reeds by the lake"


@pytest.mark.parametrize(
    ("text", "stored", "quote"),
    [
        ("he said the red heron sings today", "The red heron sings!", "the red heron sings"),
        ("he said red heron sings today", "Red heron sings.", None),
        ("the red heron sings", "we heard that the red heron sings at dawn", "the red heron sings"),
        ("red heron sings", "we heard that red heron sings at dawn", None),
        ("so: birds fly very far away, yes", "Rain again. Birds fly very far away. Sun.", "birds fly very far away"),
        (f"x {LONG[4:48]} y", f"a {LONG} b", "small red heron stood at vudobega still in"),
        ("x small red heron stood at Vudobega still y", f"a {LONG} b", None),
        ("x small red heron stood at the lake still y", f"a {LONG} b".replace("Vudobega", "the lake"), None),
        ("nothing alike at all here", LONG, None),
        ("", LONG, None),
    ],
)
def test_a_quote_is_a_whole_text_a_sentence_or_eight_words(text: str, stored: str, quote: str | None) -> None:
    """Four words at least, in order and side by side."""
    found = echo.quoted(text, stored)

    assert quote == (None if found is None else " ".join(found))


def test_what_is_repeated_is_trusted_no_more_than_what_it_repeats(memory: Memory) -> None:
    """Unless somebody as trusted says it too; a higher trust is never given."""
    put(
        memory,
        Item("turn", "The bridge over the canal is closed today.", "report", trust=0.3),
        Item("turn", "The market in the square opens at nine.", "told", trust=1.0),
        Item("turn", "The market in the square opens at nine.", "copy", trust=0.3),
    )
    view = memory.store.view(memory.scope)
    echoes = echo.Echoes(view, view.least_trust(), [("A rumour about the old mill house.", 0.4)])

    assert 0.3 == echoes.ceiling("I hear: the bridge over the canal is closed today.", 1.0)
    assert 0.2 == echoes.ceiling("the bridge over the canal is closed today.", 0.2)
    assert 1.0 == echoes.ceiling("The market in the square opens at nine.", 1.0)
    assert 0.4 == echoes.ceiling("a rumour about the old mill house!", 1.0)
    assert 1.0 == echoes.ceiling("something quite new was said here", 1.0)
    echoes.add("the ferry leaves at noon tomorrow", 0.6)
    assert 0.6 == echoes.ceiling("The ferry leaves at noon tomorrow.", 0.9)
    echoes.add("the ferry leaves at noon tomorrow", 0.9)
    assert 0.9 == echoes.ceiling("The ferry leaves at noon tomorrow.", 0.9)


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ("Ann: I sail to Oslo on Monday. {chat/1}", True),
        ("1. [2024-06-01 12:00] Ann: I sail to Oslo on Monday. {chat/1}", True),
        ("Ann: I sail to ... on Monday. {chat/1}", True),
        ('Ann: (tool output) "I sail to Oslo on Monday." {chat/1}', True),
        ("I sail to Oslo on Monday.", True),
        ("Ann: I sail to Rome on Monday. {chat/1}", False),
        ("Ann: I sail to Oslo on Monday, as I said. {chat/1}", False),
        ("Ann: ... {chat/1}", False),
        ("", True),
        ("[1 June 2024] chat", True),
        ("[1 June 2024] book", False),
        ("[1 June 2024]", True),
    ],
)
def test_a_line_of_ours_is_known_by_what_memory_holds(memory: Memory, line: str, held: bool) -> None:
    """In any of our forms; a heading by what the sources beside it share."""
    memory.remember({"who": "Ann", "text": "I sail to Oslo on Monday.", "source": "chat/1"})
    view = memory.store.view(memory.scope)

    assert held == echo.held(view, [line, "Ann: I sail to Oslo on Monday. {chat/1}"])[0]


def test_the_last_recalled_items_are_remembered_as_such(memory: Memory) -> None:
    """Only what is no person's own word, the latest of them, and no more than there is room for."""
    shown = [Item("turn", f"text {n}", f"i{n}", trust=0.5) for n in range(LATELY + 3)]
    memory._handle.show([Item("turn", "own", "own", trust=1.0), *shown, shown[3]])

    assert LATELY == len(memory._handle.recalled)
    assert {"own", "i0", "i1", "i2"}.isdisjoint(memory._handle.recalled)
    assert "i3" == list(memory._handle.recalled)[-1]


# --- trust in ranking ------------------------------------------------------------------------------


def ranked(memory: Memory, scores: list[float], text: str = "When does the ferry to Oslo leave?") -> list[str]:
    ctx = memory._ctx()
    rows = ctx.store.rows(Where())
    cue = _cue(text)
    hits = trust.ranked(cue, Hits(ctx.store, rows, scores), ctx)
    return [hit.id for hit in sorted(hits, key=lambda hit: -hit.score)]


def _cue(text: str) -> Cue:
    return Cue(text, NOW)


@pytest.mark.parametrize(
    ("strong", "weak", "less", "first"),
    [
        ("The ferry to Oslo leaves at nine.", "The ferry to Oslo leaves at noon.", 0.3, "strong"),
        ("The ferry to Oslo leaves at nine.", "The ferry to Oslo leaves at noon.", 0.96, "weak"),
        ("The ferry to Oslo leaves at nine.", "Bread is baked before dawn here.", 0.3, "weak"),
        ("Does the ferry to Oslo leave at nine?", "The ferry to Oslo leaves at noon.", 0.3, "weak"),
    ],
)
def test_a_weaker_rival_steps_behind_the_stronger(
    memory: Memory, strong: str, weak: str, less: float, first: str
) -> None:
    """Where it says nearly the same of the same; a question is no rival, a hair of trust no difference."""
    put(memory, Item("turn", strong, "strong"), Item("turn", weak, "weak", trust=less))

    assert first == ranked(memory, [0.5, 0.9])[0]


def test_what_is_rivalled_is_left_out_of_an_answer(memory: Memory) -> None:
    """What nobody rivals stays, whatever its trust."""
    put(
        memory,
        Item("turn", "The ferry to Oslo leaves at nine.", "strong"),
        Item("turn", "The ferry to Oslo leaves at noon.", "weak", trust=0.3),
        Item("turn", "Bread is baked before dawn here.", "other", trust=0.3),
    )
    ctx = memory._ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.5, 0.9, 0.4])

    kept = trust.unrivalled(_cue("When does the ferry to Oslo leave?"), hits, ctx)
    shown = trust.ranked(_cue("When does the ferry to Oslo leave?"), hits, ctx)

    assert ["strong", "other"] == [hit.id for hit in kept]
    assert {"weak": 0.3, "other": 0.3} == pytest.approx(
        {hit.id: hit.why["trust"] for hit in shown if "trust" in hit.why}
    )
    assert 0.999 * 0.5 == pytest.approx(float(shown.scores[1]))


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("My boss said so.", True),
        ("Ann lives in Oslo.", True),
        ("Mira lives in Oslo.", True),
        ("Mira's boat is red.", True),
        ("Zoltan lives in Oslo.", False),
        ("The ferry leaves at nine.", False),
    ],
)
def test_a_report_about_a_person_is_told_from_one_about_the_world(memory: Memory, text: str, claims: bool) -> None:
    """The user, a speaker, or whom people spoke of themselves."""
    put(memory, Item("turn", "Mira sails on Sundays.", "m", who="Ann"))
    ctx = memory._ctx()

    assert claims == trust.claims_about_people(Item("turn", text, trust=0.3), ctx)


# --- what follows a source -------------------------------------------------------------------------


def chain(memory: Memory) -> None:
    """A turn, a fact of it, a summary of the fact; a fact of two turns; a name that both turns mention, one of one."""
    put(
        memory,
        Item("turn", "one", "t1"),
        Item("turn", "two", "t2"),
        Item("fact", "f", "f1", evidence=(Evidence("t1"),)),
        Item("summary", "s", "s1", evidence=(Evidence("f1"),)),
        Item("fact", "g", "f2", evidence=(Evidence("t1"), Evidence("t2"))),
        Item("entity", "Both", "e2", evidence=(Evidence("t1"),)),
        Item("entity", "Own", "e1", evidence=(Evidence("t1"),)),
        links=(Link("t1", "mentions", "e2"), Link("t2", "mentions", "e2"), Link("t1", "mentions", "e1")),
    )


def test_what_rests_on_a_source_is_found_to_the_end(memory: Memory) -> None:
    """A name stays while another text mentions it."""
    chain(memory)

    assert {"f1", "s1", "f2", "e1"} == {one.id for one in follow.resting_on(memory.store.view(memory.scope), ["t1"])}
    assert {"f2"} == {one.id for one in follow.resting_on(memory.store.view(memory.scope), ["t2"])}
    assert [] == follow.resting_on(memory.store.view(memory.scope), ["s1"])


def test_what_is_hidden_with_two_sources_comes_back_with_the_last(memory: Memory) -> None:
    """In the tier that it had; what was archived before stays so."""
    chain(memory)
    put(memory, updates=(Update("f2", {"tier": "cold"}),))
    memory.forget(["t1", "t2"])
    tiers = lambda: {item.id: item.tier for item in memory.list(limit=0, tiers=())}  # noqa: E731
    assert {"archived"} == {tiers()[id] for id in ("t1", "t2", "f1", "f2", "s1", "e1")}

    memory.restore(["t1"])
    assert ("hot", "hot", "archived", "archived") == tuple(tiers()[id] for id in ("t1", "f1", "f2", "t2"))
    memory.restore(["t2"])
    assert ("cold", "hot") == tuple(tiers()[id] for id in ("f2", "t2"))
    assert {} == dict(memory.get("f2").data)


def test_an_item_goes_back_to_what_it_said_before_the_source(memory: Memory) -> None:
    """Text, data and evidence; the receipt tells what became of it."""
    put(memory, Item("turn", "one", "t1"), Item("turn", "two", "t2"))
    put(memory, Item("fact", "as it was", "f", evidence=(Evidence("t1"),), data={"a": 1}))
    update = {"text": "as it is", "evidence": (Evidence("t1"), Evidence("t2")), "data": {"a": 2, "b": 3}}
    put(memory, updates=(Update("f", update),))

    receipt = memory.erase("t2")

    item = memory.get("f")
    assert ("as it was", (Evidence("t1"),), {"a": 1}) == (item.text, item.evidence, dict(item.data))
    assert ("1 that rest on it: as before",) == tuple(line for line in receipt.notes if "rest on it" in line)
    assert ("f",) == receipt.followed


def test_what_a_source_had_ended_is_true_again_or_ends_as_before(memory: Memory) -> None:
    """By the link that says what ended it; an end that somebody set later stays."""
    put(memory, Item("turn", "one", "t1"), Item("turn", "two", "t2"))
    march, may = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
    put(
        memory,
        *(Item("fact", id, id, evidence=(Evidence("t1"),), until=may if id == "b" else None) for id in "abc"),
        Item("fact", "new", "new", evidence=(Evidence("t2"),)),
    )
    put(
        memory,
        updates=tuple(Update(id, {"until": march}) for id in "abc"),
        links=tuple(Link("new", "supersedes", id, at=march) for id in "abc"),
    )
    put(memory, updates=(Update("c", {"until": may}),))

    memory.forget("t2")

    until = {item.id: item.until for item in memory.list(limit=0, kinds="fact", ended=True)}
    assert {"a": None, "b": may, "c": may} == until


def test_a_corrected_time_or_speaker_is_a_correction_and_trust_is_not(memory: Memory) -> None:
    """What it said is taken back; less trust or an end is handed on."""
    chain(memory)
    memory.update("t1", trust=0.4)
    assert {"f1": 0.4, "s1": 0.4, "f2": 0.4} == {id: memory.get(id).trust for id in ("f1", "s1", "f2")}
    memory.update("t1", until="2024-07-01")
    july = datetime(2024, 7, 1, tzinfo=UTC)
    assert {"f1": july, "f2": None} == {id: memory.get(id).until for id in ("f1", "f2")}

    memory.update("t1", who="Ann")
    for id in ("f1", "s1", "f2"):
        assert id not in {item.id for item in memory.list(limit=0, tiers=(), ended=True)}


# --- keeping ---------------------------------------------------------------------------------------


def test_one_key_keeps_one_call_and_at_most_a_thousand_messages(memory: Memory) -> None:
    """The same call again is the first receipt; other words under it are a conflict."""
    first = memory.remember(["a", "b"], key="k")

    assert first.ids == memory.remember(["a", "b"], key="k").ids
    assert 2 == memory.count()
    with pytest.raises(Conflict):
        memory.remember(["a", "c"], key="k")
    memory.remember([f"m{n}" for n in range(1_000)], key="full")
    with pytest.raises(InvalidInput, match="1,000"):
        memory.remember([f"m{n}" for n in range(1_001)], key="more")
    assert 1_002 == memory.count()


def test_many_messages_are_kept_in_thousands_and_told_as_they_go(memory: Memory) -> None:
    """A list has a total, a stream has none."""
    seen: list[tuple[int, int | None]] = []
    told = lambda done, total: seen.append((done, total))  # noqa: E731

    receipt = memory.remember([f"m{n}" for n in range(1_001)], on_progress=told)
    memory.remember((f"n{n}" for n in range(3)), on_progress=told)

    assert [(1_000, 1_001), (1_001, 1_001), (3, None)] == seen
    assert (1_001, 1_004) == (len(receipt.ids), memory.count())


def test_a_proposal_is_what_would_be_kept_and_keeps_nothing() -> None:
    """With what the recipe forms on a write."""
    from remanence.compose.listing import listing
    from remanence.recall import find
    from remanence.stage import Recipe

    recipe = Recipe(recall=find.vectors(), compose=listing(), form=extract.facts())
    with Memory(":memory:", recipe, "hashing") as memory:
        change = memory.propose({"who": "Ann", "text": "I live in Rome."})

        assert ["turn", "fact"] == [item.kind for item in change.puts]
        assert 0 == memory.count()


def test_versions_are_asked_for_and_refused_by_number(memory: Memory) -> None:
    """A stale version is a conflict, an unknown id is not found, and the past is read as it was."""
    id = memory.remember("one").ids[0]
    memory.clock.tick(minutes=1)  # type: ignore[attr-defined]
    before = memory.clock()
    memory.clock.tick(minutes=1)  # type: ignore[attr-defined]
    memory.update(id, "two", if_version=1)

    with pytest.raises(Conflict):
        memory.update(id, "three", if_version=1)
    with pytest.raises(Conflict):
        memory.erase(id, if_version=1)
    assert ["one", "two"] == [item.text for item in memory.history(id)]
    assert "one" == memory.get(id, known_as_of=before).text
    with pytest.raises(NotFound):
        memory.get("nobody")
    with pytest.raises(InvalidInput):
        memory.update(id, if_version=0, text="x")
    assert 1 == memory.erase(id, if_version=2).erased


# --- as mem0 shows it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"n": 3}, True), ({"n": 4}, False), ({"n": {"eq": 3}}, True), ({"n": {"ne": 3}}, False),
        ({"n": {"in": [3, 4]}}, True), ({"n": {"nin": [3, 4]}}, False), ({"n": {"gt": 3}}, False),
        ({"n": {"gte": 3}}, True), ({"n": {"lt": 3}}, False), ({"n": {"lte": 3}}, True), ({"x": {"gt": 3}}, False),
        ({"x": {"lt": 3}}, False), ({"t": {"contains": "Red"}}, True), ({"t": {"contains": "red"}}, False),
        ({"t": {"icontains": "red"}}, True), ({"l": {"contains": "a"}}, True), ({"n": {"contains": 3}}, False),
        ({"n": "*"}, True), ({"x": "*"}, False), ({"AND": [{"n": 3}, {"t": "Red boat"}]}, True),
        ({"AND": [{"n": 3}, {"t": "x"}]}, False), ({"OR": [{"n": 4}, {"t": "Red boat"}]}, True),
        ({"OR": [{"n": 4}, {"t": "x"}]}, False), ({"NOT": [{"n": 4}]}, True), ({"NOT": [{"n": 3}]}, False),
        ({"user_id": "zoe", "n": 3}, True),
    ],
)  # fmt: skip
def test_metadata_passes_the_filters_that_mem0_has(wanted: dict[str, Any], fits: bool) -> None:
    """Plain values, operators, any value, and their logic; ids are no metadata."""
    assert fits == mem0.fits({"n": 3, "t": "Red boat", "l": ["a", "b"]}, wanted)


def test_a_search_is_cut_after_the_filters_and_below_the_threshold(memory: Memory) -> None:
    """As many as are asked for, the best first."""
    for number in range(6):
        mem0.add(memory, f"red boat number {number}", {"even": number % 2 == 0})
    every = mem0.search(memory, "red boat", 10, {}, None)["results"]

    even = mem0.search(memory, "red boat", 2, {"even": True}, None)["results"]
    high = mem0.search(memory, "red boat", 10, {}, every[2]["score"] - 1e-5)["results"]

    assert 6 == len(every)
    assert [True, True] == [one["metadata"]["even"] for one in even]
    assert 3 <= len(high) < 6 or every[2]["score"] == every[-1]["score"]
    assert np.all(np.diff([one["score"] for one in every]) <= 0)


def test_a_memory_is_shown_with_its_versions_as_mem0_shows_them(memory: Memory) -> None:
    """ADD, then UPDATE with the text before; when it was made and when changed."""
    id = mem0.add(memory, {"role": "user", "content": "one"}, {"a": 1}, "2024-01-01")["results"][0]["id"]
    mem0.update(memory, id, "two", {"b": 2})

    shown = mem0.shown(memory.get(id), 0.123456789)
    rows = mem0.history_of(id, memory.history(id))
    assert ("two", {"role": "user", "a": 1, "b": 2}, 0.123457) == (shown["memory"], shown["metadata"], shown["score"])
    assert shown["created_at"].startswith("2024-01-01")
    assert shown["updated_at"].startswith("2024-06-01")
    assert [("ADD", None, "one"), ("UPDATE", "one", "two")] == [
        (row["event"], row["old_memory"], row["new_memory"]) for row in rows
    ]
    assert "score" not in mem0.shown(memory.get(id))
    mem0.delete(memory, id)
    mem0.add(memory, ["x", "y"])
    mem0.delete_all(memory)
    assert 0 == memory.count(tiers=(), ended=True)
