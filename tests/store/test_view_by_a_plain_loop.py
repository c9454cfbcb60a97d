"""What a view answers against a plain loop over the items: filters, words, vectors, neighbours, links, versions."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from remanence.errors import NotFound, StoreError
from remanence.store import upkeep
from remanence.store.index import Encoder, GrowableArray, Index, Postings, best
from remanence.store.store import Store
from remanence.store.view import VisibleRows
from remanence.testing import HandClock, HashingEmbedder
from remanence.types import (
    NEVER,
    UNSEEN,
    Change,
    Evidence,
    Item,
    Link,
    Retire,
    Scope,
    Touch,
    Update,
    Where,
    micros,
)

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
ADA = Scope("ada")
EMBED = HashingEmbedder(64)
WORDS = "cedar boards fence kitten vet jazz bread oven train snow exam river".split()


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def items() -> list[Item]:
    """Forty items of two users in sessions and apps, of all kinds and tiers, some ended, some to come."""
    made = []
    for n in range(40):
        text = " ".join(WORDS[(n * k + k * k) % len(WORDS)] for k in range(1, 2 + n % 5))
        made.append(
            Item(
                ("turn", "note", "fact")[n % 3],
                text,
                f"i{n}",
                who=(None, "Ann", "Bob")[n % 3],
                at=None if n % 7 == 0 else day(-n),
                until=day(n - 20) if n % 5 == 4 else None,
                source=f"s{n % 6}" if n % 2 else None,
                scope=Scope("ada" if n % 8 else "bo", None, ("x", "y", None)[n % 3], "app" if n % 4 == 0 else None),
                trust=(1.0, 0.6, 0.3)[n % 3] if n % 2 else 1.0,
                tier=("hot", "hot", "cold", "archived")[n % 4],
                data={"n": n % 4, "deep": {"flag": n % 2 == 0}},
            )
        )
    return made


@pytest.fixture
def store(tmp_path: Any) -> Iterator[Store]:
    """The forty items, then some rewritten, retired, linked; at an hour each."""
    clock = HandClock(day(0))
    made = Store(tmp_path / "a.db", model=EMBED.model, dim=EMBED.dim, clock=clock, seed=1)
    for scope in (ADA, Scope("bo")):
        mine = tuple(item for item in items() if item.scope.user == scope.user)
        made.apply(Change(puts=mine, reason="put"), scope=scope, embed=EMBED.embed)
    clock.tick(hours=1)
    updates = tuple(Update(f"i{n}", {"text": f"river {WORDS[n % 5]} again"}) for n in (3, 9, 13))
    made.apply(Change(updates=updates, reason="update"), scope=ADA, embed=EMBED.embed)
    clock.tick(hours=1)
    links = [Link("i1", "near", "i2", weight=0.5), Link("i2", "about", "i3"), Link("i9", "near", "i1", weight=0.25)]
    retires = (Retire("i5", "gone"), Retire("i13", "gone"))
    made.apply(Change(retires=retires, links=tuple(links), reason="retire"), scope=ADA, embed=EMBED.embed)
    clock.tick(hours=1)
    yield made
    made.close()


def believed(store: Store, when: datetime | None = None) -> list[Item]:
    """Ada's versions that are believed (at a time), oldest item first."""
    found = []
    for n in range(40):
        try:
            versions = store.view(ADA).history(f"i{n}")
        except NotFound:
            continue
        moment = when or day(1)
        found += [v for v in versions if v.seen <= moment and (v.retired is None or moment < v.retired)]
    return found


def now_of(item: Item) -> datetime:
    return item.until or day(10_000)


FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({}, lambda i: i.tier == "hot" and now_of(i) > day(0.125)),
    ({"tiers": ()}, lambda i: now_of(i) > day(0.125)),
    ({"tiers": (), "ended": True}, lambda i: True),
    ({"tiers": ("cold", "archived")}, lambda i: i.tier != "hot" and now_of(i) > day(0.125)),
    ({"tiers": (), "kinds": ("note",)}, lambda i: i.kind == "note" and now_of(i) > day(0.125)),
    ({"tiers": (), "kinds": ("note", "fact")}, lambda i: i.kind != "turn" and now_of(i) > day(0.125)),
    ({"tiers": (), "who": ("Ann",)}, lambda i: i.who == "Ann" and now_of(i) > day(0.125)),
    ({"tiers": (), "who": ("Nobody",)}, lambda i: False),
    ({"tiers": (), "session": "x"}, lambda i: i.session == "x" and now_of(i) > day(0.125)),
    ({"tiers": (), "session": "none"}, lambda i: False),
    ({"tiers": (), "ended": True, "since": day(-10)}, lambda i: i.at is not None and i.at >= day(-10)),
    ({"tiers": (), "ended": True, "before": day(-10)}, lambda i: i.at is not None and i.at < day(-10)),
    ({"tiers": (), "until": day(-6)}, lambda i: i.until == day(-6)),
    ({"tiers": (), "as_of": day(-9)}, lambda i: (i.at is None or i.at <= day(-9)) and now_of(i) > day(-9)),
    ({"tiers": (), "ended": True, "min_trust": 0.6}, lambda i: i.trust >= 0.6),
    ({"tiers": (), "ended": True, "max_trust": 0.6}, lambda i: i.trust <= 0.6),
    ({"tiers": (), "ended": True, "source": ("s1", "s3")}, lambda i: i.source in ("s1", "s3")),
    ({"tiers": (), "ended": True, "data": ((("n",), 2),)}, lambda i: i.data["n"] == 2),
    ({"tiers": (), "ended": True, "data": ((("deep", "flag"), True),)}, lambda i: i.data["deep"]["flag"] is True),
    ({"tiers": (), "ended": True, "data": ((("n",), True),)}, lambda i: False),
    ({"tiers": (), "ended": True, "data": ((("n", "x"), 1),)}, lambda i: False),
]


@pytest.mark.parametrize(("where", "keeps"), FILTERS)
def test_a_filter_keeps_what_a_loop_keeps(store: Store, where: dict[str, Any], keeps: Any) -> None:
    """In the order in which items were first remembered."""
    view = store.view(ADA)
    wanted = [item.id for item in believed(store) if keeps(item)]

    assert wanted == [item.id for item in view.items(view.rows(Where(**where)))]
    assert len(wanted) == view.count(Where(**where))


@pytest.mark.parametrize("source", ["s3", "s1"])
def test_a_filter_by_source_finds_what_was_believed_then(store: Store, source: str) -> None:
    """The version before a rewrite, and an item that was taken back since, as a loop over the versions."""
    where = Where(tiers=(), ended=True, source=(source,), known_as_of=day(0.02))
    wanted = [item.text for item in believed(store, day(0.02)) if item.source == source]

    view = store.view(ADA)

    assert wanted == [item.text for item in view.items(view.rows(where))]
    assert wanted != [item.text for item in view.items(view.rows(Where(tiers=(), ended=True, source=(source,))))]


def test_what_has_no_vector_is_like_nothing(store: Store) -> None:
    """Not unlike everything, which would be a nearness of 0: kept while no embedder could be asked."""
    store.apply(Change(puts=(Item("turn", "cedar fence", "new"),), reason="put"), scope=ADA)
    view = store.view(ADA)
    rows = np.concatenate([view.rows()[:1], view.rows_of(["new"])])

    near = view.similarity(EMBED.embed_query("cedar fence"), rows)

    assert [False, True] == np.isnan(near).tolist()


def test_a_closed_space_says_so_to_who_still_reads_it(store: Store) -> None:
    """And not that something is damaged."""
    view = store.view(ADA)
    rows = view.rows()
    store.close()

    with pytest.raises(StoreError, match="this space is closed"):
        view.items(rows)


def test_columns_tell_of_each_row_what_its_item_tells(store: Store) -> None:
    """In the same order; a kind or a speaker that nobody has is no row's."""
    view = store.view(ADA)
    rows = view.rows(Where(tiers=(), ended=True))
    items, columns = view.items(rows), view.columns

    assert [micros(item.at) if item.at else NEVER for item in items] == columns.at[rows].tolist()
    assert [columns.kinds[item.kind] for item in items] == columns.kind[rows].tolist()
    assert [item.kind in ("note", "fact") for item in items] == columns.of_kinds(rows, ("note", "fact")).tolist()
    assert not columns.of_kinds(rows, ("scene",)).any()
    ann, nobody = view.speaker_codes(["Ann", "Nobody"])
    assert [item.who == "Ann" for item in items] == (columns.who[rows] == ann).tolist()
    assert UNSEEN == nobody


def test_columns_hold_what_a_later_search_of_the_same_view_gives(store: Store) -> None:
    """Those that were looked at before stay as they were, and nobody writes into either."""
    view = store.view(ADA)
    before = view.columns

    store.apply(Change(puts=(Item("scene", "a new cedar fence", "new"),), reason="put"), scope=ADA, embed=EMBED.embed)
    row = int(view.rows(Where(kinds=("scene",)))[0])

    assert view.columns.kinds["scene"] == view.columns.kind[row]
    assert len(before.kind) == row
    with pytest.raises(ValueError, match="read-only"):
        view.columns.trust[row] = 0.5


def test_what_was_believed_is_seen_as_it_was(store: Store) -> None:
    """Before the rewriting, between it and the retirement, and before anything."""
    view = store.view(ADA)
    for hours in (0.5, 1.0, 1.5, 2.0, -1):
        when = day(0) + timedelta(hours=hours)
        where = Where(tiers=(), ended=True, known_as_of=when)

        assert [(i.id, i.text) for i in believed(store, when)] == [(i.id, i.text) for i in view.items(view.rows(where))]
    assert "again" not in view.get("i3", known_as_of=day(0) + timedelta(minutes=5)).text
    assert view.get("i5", known_as_of=day(0) + timedelta(hours=1)).retired is not None
    with pytest.raises(NotFound):
        view.get("i5")


def bm25(store: Store, terms: list[str], seen: list[Item]) -> dict[str, float]:
    """k1 1.2, b .75, over the visible items and nothing else."""
    view = store.view(ADA)
    texts = {item.id: Counter(view.terms(item.key)) for item in seen}
    lengths = {id: sum(counts.values()) for id, counts in texts.items()}
    mean = sum(lengths.values()) / len(lengths)
    scores: dict[str, float] = {}
    for term in dict.fromkeys(terms):
        holding = [id for id, counts in texts.items() if term in counts]
        if not holding:
            continue
        idf = math.log1p((len(seen) - len(holding) + 0.5) / (len(holding) + 0.5))
        for id in holding:
            tf = texts[id][term]
            scores[id] = scores.get(id, 0.0) + idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[id] / mean))
    return scores


@pytest.mark.parametrize("where", [{}, {"tiers": ()}, {"tiers": (), "kinds": ("note",)}])
def test_words_are_scored_by_the_formula_over_what_is_seen(store: Store, where: dict[str, Any]) -> None:
    """Unknown terms, terms twice and terms that only others hold change nothing."""
    view, filters = store.view(ADA), Where(**where)
    seen = view.items(view.rows(filters))
    terms = ["unheard", *view.terms("cedar river kitten cedar")]
    wanted = bm25(store, terms, seen)

    rows, scores = view.matching(terms, 100, filters)
    told = dict(zip([item.id for item in view.items(rows)], scores.tolist(), strict=True))
    every = view.term_matches(terms, view.rows(filters), filters).scores
    few, _ = view.matching(terms, 3, filters)

    assert wanted == pytest.approx(told, rel=1e-4)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert [wanted.get(item.id, 0.0) for item in seen] == pytest.approx(every.tolist(), rel=1e-4)
    assert rows[:3].tolist() == few.tolist()
    assert 0 == len(view.matching(["unheard"], 5, filters)[0])
    assert [0.0] * len(seen) == view.term_matches(["unheard"], view.rows(filters), filters).scores.tolist()


def test_rarity_and_coverage_are_counted_over_what_is_seen(store: Store) -> None:
    """A term that nobody sees has rarity 0; coverage is term by term."""
    view = store.view(ADA)
    seen = view.items(view.rows())
    terms = [*view.terms("boards cedar river"), "unheard"]
    held = [[term in view.terms(item.key) for item in seen] for term in terms]
    idf = [math.log1p((len(seen) - sum(row) + 0.5) / (sum(row) + 0.5)) if any(row) else 0.0 for row in held]

    assert idf == pytest.approx(view.idf(terms).tolist(), rel=1e-5)
    assert held == view.coverage(terms, view.rows()).tolist()
    assert (4, 0) == view.coverage(terms, view.rows()[:0]).shape


@pytest.mark.parametrize("exact_below", [10_000, 4])
def test_vectors_are_compared_by_their_cosines(store: Store, exact_below: int) -> None:
    """Exactly, and with a short list by sign bits that is long enough."""
    store.index.exact_below = exact_below
    view, query = store.view(ADA), EMBED.embed_query("cedar fence by the river")
    seen = view.rows(Where(tiers=()))
    vectors = EMBED.embed([item.key for item in view.items(seen)])
    cosine = dict(zip(seen.tolist(), (vectors @ query).tolist(), strict=True))

    rows, scores = view.nearest(query, 5, Where(tiers=()))

    order = sorted(cosine, key=lambda row: -cosine[row])[:5]
    assert [max(0.0, cosine[row]) for row in order] == pytest.approx(scores.tolist(), abs=0.02)
    assert [max(0.0, cosine[row]) for row in rows.tolist()] == pytest.approx(scores.tolist(), abs=0.02)
    assert [cosine[row] for row in seen.tolist()] == pytest.approx(view.similarity(query, seen).tolist(), abs=0.02)
    assert np.allclose(vectors, view.vectors(seen), atol=0.02)


@pytest.mark.parametrize(("before", "after"), [(1, 1), (2, 0), (0, 3)])
def test_neighbours_are_the_next_of_the_same_session_and_kind(store: Store, before: int, after: int) -> None:
    """Of the same app; what is not seen leaves a gap, and items without a session stand alone."""
    view, where = store.view(ADA), Where(tiers=("hot", "cold"), ended=True)
    rows = view.rows(where)
    mine = dict(zip(rows.tolist(), view.items(rows), strict=True))
    put = [item for item in items() if item.scope.user == "ada"]
    place = {item.id: (item.scope, item.kind) for item in put}
    row_of = {item.id: row for row, item in mine.items()}

    window = view.around(rows, before, after, where)

    for row, found in zip(rows.tolist(), window.tolist(), strict=True):
        id = mine[row].id
        chain = [item.id for item in put if place[item.id] == place[id]] if place[id][0].session else [id]
        here = chain.index(id)
        wanted = [
            row_of.get(chain[here + step], -1) if 0 <= here + step < len(chain) else -1
            for step in range(-before, after + 1)
        ]
        assert wanted == found, id


def test_links_are_told_from_either_side_by_their_relations(store: Store) -> None:
    """Both ends believed; edges carry weights and rows."""
    view = store.view(ADA)
    told = lambda *ids, **knobs: {(x.src, x.rel, x.dst, x.weight) for x in view.links(ids, **knobs)}  # noqa: E731
    a, b, c = ("i1", "near", "i2", 0.5), ("i2", "about", "i3", 1.0), ("i9", "near", "i1", 0.25)

    assert {a, c} == told("i1")
    assert ({a}, {c}) == (told("i1", direction="out"), told("i1", direction="in"))
    assert {b} == told("i2", rels=("about",))
    assert set() == told("i2", rels=("unheard",)) == told("i4")
    every = Where(tiers=(), ended=True)
    edges, near = view.edges((), every), view.edges(("near",), every)
    ids = lambda rows: [item.id for item in view.items(rows)]  # noqa: E731
    assert {a, b, c} == {
        (src, edges.names[rel], dst, weight)
        for src, rel, dst, weight in zip(
            ids(edges.src), edges.rel.tolist(), ids(edges.dst), edges.weight.tolist(), strict=True
        )
    }
    assert [("i1", "i2"), ("i9", "i1")] == sorted(zip(ids(near.src), ids(near.dst), strict=True))
    assert 0 == len(view.edges(("unheard",), every).src)


def test_a_link_that_is_made_again_has_its_new_weight_alone(store: Store) -> None:
    """The same weight changes nothing; another closes the old one."""
    for weight in (0.5, 0.7):
        receipt = store.apply(
            Change(links=(Link("i1", "near", "i2", weight=weight),), reason="test"), scope=ADA, embed=EMBED.embed
        )
        assert (0 if weight == 0.5 else 1) == receipt.linked

    near = [x.weight for x in store.view(ADA).links(["i1"], rels=("near",), direction="out")]
    assert [0.7] == near


def test_what_rests_on_an_item_is_found_by_id_and_by_row(store: Store) -> None:
    """The current version, once; nothing of another scope."""
    facts = (
        Item("fact", "one", "f1", evidence=(Evidence("i1"),)),
        Item("fact", "two", "f2", evidence=(Evidence("i1"), Evidence("i2"))),
    )
    store.apply(Change(puts=facts, reason="test"), scope=ADA, embed=EMBED.embed)
    store.apply(Change(updates=(Update("f1", {"text": "uno"}),), reason="test"), scope=ADA, embed=EMBED.embed)
    view = store.view(ADA)
    rows = view.rows_of(["i1", "i2"], Where(tiers=()))

    assert ["uno", "two"] == [item.text for item in view.resting_on(["i1"])]
    assert ["two"] == [item.text for item in view.resting_on(["i2"])]
    assert [] == view.resting_on(["f1"])
    pairs = [(view.items([a])[0].id, view.items([b])[0].text) for a, b in view.derived(rows)]
    assert [("i1", "two"), ("i1", "uno"), ("i2", "two")] == sorted(pairs)
    assert [-1] == store.view(Scope("bo")).rows_of(["i1"]).tolist()


def test_sources_lead_to_their_items(store: Store) -> None:
    """Those that are believed, whatever their tier."""
    view = store.view(ADA)
    wanted = {item.id for item in believed(store) if item.source == "s1"}

    assert wanted == {item.id for item in view.items(view.with_source(["s1"]))}
    assert view.by_source(["s1", "unheard"])["s1"] in wanted
    assert {"Ann", "Bob"} == set(view.speakers())
    assert 0 == len(view.with_source(["unheard"]))


# --- the arrays ------------------------------------------------------------------------------------


def test_a_growing_array_keeps_what_it_held() -> None:
    """Through many growths, by one value for many rows, and by an array that was made elsewhere."""
    array = GrowableArray(np.int64)
    for n in range(500):
        array.extend([n])
    array.extend(7, 3)
    assert [*range(500), 7, 7, 7] == array.now.tolist()
    assert 503 == array.size
    room = np.arange(10)
    array.adopt(room, 4)
    array.extend([99])
    assert [0, 1, 2, 3, 99] == array.now.tolist()
    with pytest.raises(ValueError, match="is none of"):
        array.adopt(np.zeros(3, np.float32), 3)


def test_names_have_codes_in_the_order_in_which_they_came() -> None:
    """None has none."""
    encode = Encoder(["a", None, "b"])

    assert (0, 2, -1, 3, 3, 2) == tuple(encode(name) for name in ("a", "b", None, "c", "c", "b"))
    assert ["a", "", "b", "c"] == encode.names


@pytest.mark.parametrize("merged", [False, True])
def test_postings_hold_rows_and_counts_of_each_term(merged: bool) -> None:
    """In runs and in the tail; after settling without the rows that were erased."""
    rng, postings, held = np.random.default_rng(1), Postings(), {}
    for row in range(200):
        codes = rng.choice(50, 5, replace=False)
        tf = rng.integers(1, 9, 5)
        held.update({(int(code), row): int(count) for code, count in zip(codes, tf, strict=True)})
        postings.add(codes.astype(np.uint32), np.full(5, row, np.int32), tf.astype(np.uint8))
        if merged and row == 100:
            postings.settle(np.zeros(200, np.bool_))
    for gone in (np.zeros(200, np.bool_), np.arange(200) % 3 == 0):
        if gone.any() or merged:
            postings.settle(gone)
        for code in range(52):
            rows, counts = postings.of(code)
            wanted = {row: count for (one, row), count in held.items() if one == code and not gone[row]}
            assert wanted == dict(zip(rows.tolist(), counts.tolist(), strict=True))
            assert rows.tolist() == sorted(rows.tolist())


def test_a_long_tail_is_merged_by_itself() -> None:
    """What was added before and after is all there."""
    postings = Postings()
    for start in (0, 40_000):
        rows = np.arange(start, start + 40_000, dtype=np.int32)
        postings.add((rows % 7).astype(np.uint32), rows, np.ones(40_000, np.uint8))

    assert [row for row in range(80_000) if row % 7 == 3] == postings.of(3)[0].tolist()


def test_the_best_are_the_greatest_and_the_earlier_among_equals() -> None:
    """For every k, also more than there are; earlier is what was said earlier, then the earlier row."""
    rng = np.random.default_rng(3)
    at = rng.integers(0, 9, 1_000)
    rows = np.sort(rng.choice(1_000, 60, replace=False))
    scores = rng.integers(0, 6, 60).astype(np.float32)
    order = sorted(zip(rows.tolist(), scores.tolist(), strict=True), key=lambda one: (-one[1], at[one[0]], one[0]))
    for k in (1, 5, 59, 60, 61):
        assert order[:k] == list(zip(*(part.tolist() for part in best(rows, scores, k, at)), strict=True))


def test_a_short_list_holds_those_whose_signs_agree_best() -> None:
    """So many as are asked for; among equals the earlier rows; other rows may be left out of the choice."""
    rng, dim = np.random.default_rng(5), 70
    index = Index(dim, exact_below=0, shortlist=8)
    count = 40
    index.add_rows(
        [(n + 1, n + 1, "turn", None, None, None, 0, None, "u", None, None, None, 1.0, "hot") for n in range(count)]
    )
    vectors = rng.integers(-3, 4, (count, dim)).astype(np.int8)
    index.set_vectors(np.arange(count), vectors, np.ones(count, np.float32))
    query = rng.standard_normal(dim).astype(np.float32)
    unlike = ((vectors > 0) != (query > 0)).sum(axis=1)
    for some in (np.arange(count), np.arange(0, count, 2)):
        agreeing = sorted(some.tolist(), key=lambda row: (unlike[row], row))
        assert sorted(agreeing[:8]) == index._shortlist(query, some, 8).tolist()
        assert some.tolist() == index._shortlist(query, some, len(some)).tolist()
        seen = VisibleRows(np.isin(np.arange(count), some), some, 1.0, 2**62)
        near = {
            row: float(vectors[row].astype(np.float32) @ query)
            for row in sorted(some, key=lambda row: (unlike[row], row))[:12]
        }
        assert sorted(near, key=lambda row: -near[row])[:3] == index.nearest(query, 3, seen)[0].tolist()


# --- counted, copied, checked ----------------------------------------------------------------------


def state(store: Store) -> dict[str, Any]:
    """Everything that Ada's view can tell: versions, links, sources, strengths."""
    view = store.view(ADA)
    rows = view.rows(Where(tiers=(), ended=True))
    found = {item.id: item for item in view.items(rows)}
    return {
        "now": found,
        "history": {id: view.history(id) for id in found},
        "links": sorted((x.src, x.rel, x.dst, x.weight, x.seen, x.reason) for x in view.links(list(found))),
        "rests": {id: sorted(item.id for item in view.resting_on([id])) for id in found},
        "uses": {id: (item.strength, item.utility, item.uses, item.used) for id, item in found.items()},
    }


def grown(store: Store) -> Store:
    """The forty items, with a fact that rests on two of them, a use, a closed link and an erasure."""
    fact = Item("fact", "one", "f1", evidence=(Evidence("i1", 0, 3), Evidence("i2")), strength=2.0)
    touched = Touch("i1", strength=3.0, utility=0.5, uses=2, used=day(0))
    apply = lambda **change: store.apply(Change(**change, reason="test"), scope=ADA, embed=EMBED.embed)  # noqa: E731
    apply(puts=(fact,), touches=(touched,), unlinks=(Link("i2", "about", "i3"),))
    apply(updates=(Update("f1", {"text": "uno"}),))
    store.erase(["i17"], scope=ADA)
    return store


def test_what_a_scope_holds_is_counted(store: Store) -> None:
    """By kind and tier, sessions, links, commits and work; only its own."""
    every = believed(store)
    told = store.stats(ADA)

    assert len(every) == told["items"]
    assert Counter(item.kind for item in every) == told["kinds"]
    assert Counter(item.tier for item in every) == told["tiers"]
    assert len({item.session for item in every}) == told["sessions"]
    assert (0, 4, 0, 0, 0) == tuple(told[name] for name in ("links", "commit", "waiting", "failed", "damaged"))
    assert {"turn": 2, "note": 1, "fact": 2} == store.stats(Scope("bo"))["kinds"]


def test_a_replayed_space_is_the_same_space(store: Store, tmp_path: Any) -> None:
    """Versions and when they were believed, links, what rests on what, uses; and it goes on alike."""
    grown(store)
    seen: list[tuple[int, int | None]] = []

    told = upkeep.replay(store, tmp_path / "b.db", EMBED, on_progress=lambda *done: seen.append(done))

    with closing(Store(tmp_path / "b.db", model=EMBED.model, dim=EMBED.dim)) as copy:
        assert state(store) == state(copy)
        assert store.commit == copy.commit == told["commits"]
        assert [(n, store.commit) for n in range(1, store.commit + 1)] == seen
        assert [e.chain for e in store.door.journal(0)] == [e.chain for e in copy.door.journal(0)]
        assert upkeep.doctor(copy, deep=True).ok
        copy.erase(["i1"], scope=ADA)
        assert "f1" not in state(copy)["now"]
    with pytest.raises(StoreError, match="exists"):
        upkeep.replay(store, tmp_path / "b.db", EMBED)


@pytest.mark.parametrize("verify", [True, False])
def test_a_backup_is_the_space_and_replaces_nothing_unasked(store: Store, tmp_path: Any, verify: bool) -> None:
    """As of a commit; a file that is there stays unless it is said."""
    grown(store)
    target = tmp_path / "copy.db"

    told = upkeep.backup(store, target, verify=verify)

    assert (store.commit, verify, store.door.counts()["versions"]) == (told["commit"], told["verified"], told["rows"])
    with closing(Store(target, model=EMBED.model, dim=EMBED.dim)) as copy:
        assert state(store) == state(copy)
    for wrong, knobs in ((target, {}), (tmp_path / "a.db", {"force": True})):
        with pytest.raises(StoreError):
            upkeep.backup(store, wrong, **knobs)
    assert upkeep.backup(store, target, force=True)["rows"] == told["rows"]
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_another_embedders_vectors_answer_as_a_fresh_space_would(store: Store, tmp_path: Any) -> None:
    """Every row is embedded anew, and the handle that was open knows that it is stale."""
    grown(store)
    other = HashingEmbedder(48)
    seen: list[tuple[int, int | None]] = []

    told = upkeep.reembed(store, other, on_progress=lambda *done: seen.append(done))

    versions = store.door.counts()["versions"]
    assert (other.model, 48, versions, [(versions, versions)]) == (told["model"], told["dim"], told["vectors"], seen)
    assert store.stale
    with closing(Store(tmp_path / "a.db", model=other.model, dim=other.dim)) as again:
        view, query = again.view(ADA), other.embed_query("cedar fence")
        rows = view.rows()
        wanted = other.embed([item.key for item in view.items(rows)]) @ query
        assert wanted.tolist() == pytest.approx(view.similarity(query, rows).tolist(), abs=0.02)
        assert upkeep.doctor(again, deep=True).ok


def test_a_check_names_what_is_wrong(store: Store) -> None:
    """A row whose text, words, trust or vector was changed behind its back; a journal with a gap or another text."""
    grown(store)
    assert upkeep.doctor(store, deep=True).ok
    db = store.door.source()
    wrongs = {
        "does not match its checksum": "UPDATE rows SET text = 'other' WHERE n = 3",
        "does not follow from the one before": "UPDATE journal SET reason = 'other' WHERE seq = 2",
        "commits 3 to 3 are missing": "DELETE FROM journal WHERE seq = 3",
    }
    for told, sql in wrongs.items():
        db.execute("SAVEPOINT wrong")
        db.execute(sql)
        report = upkeep.doctor(store, deep=True)
        db.execute("ROLLBACK TO wrong")
        db.execute("RELEASE wrong")
        assert not report.ok
        assert any(told in line for line in report.problems), (told, report.problems)
    assert upkeep.doctor(store, deep=True).ok


def test_a_check_names_every_damaged_row(store: Store) -> None:
    """It goes on behind the first, and tells nothing of a row whose text it cannot trust."""
    db = store.door.source()
    db.execute("UPDATE rows SET text = 'other' WHERE n IN (3, 7, 40)")

    problems = upkeep.doctor(store, deep=True).problems

    assert ["row 3", "row 7", "row 40"] == [one.partition(" (")[0] for one in problems if "checksum" in one]
    assert not any("its words do not match" in one for one in problems)


def test_a_whole_space_goes_out_and_comes_in_as_it_is(store: Store, tmp_path: Any) -> None:
    """Versions, links once, sources and uses; a second import adds nothing."""
    grown(store)
    out = io.StringIO()
    told = upkeep.export(store, out)
    with closing(Store(tmp_path / "b.db", model=EMBED.model, dim=EMBED.dim)) as copy:
        first = upkeep.import_(copy, iter(out.getvalue().splitlines()), EMBED)
        again = upkeep.import_(copy, iter(out.getvalue().splitlines()), EMBED)

        assert state(store) == state(copy)
        assert (told["items"], told["links"]) == (first["items"], first["links"])
        assert (0, 0) == (again["items"], again["links"])
        assert upkeep.doctor(copy, deep=True).ok


def test_what_another_user_gives_an_id_that_is_taken_gets_another(store: Store) -> None:
    """Whose the id is keeps it; links of the file lead to the new one."""
    out = io.StringIO()
    upkeep.export(store, out, scope=ADA)
    lines = out.getvalue().splitlines()

    told = upkeep.import_(store, iter(lines), EMBED, scope=Scope("eve"))

    eve, mine = store.view(Scope("eve")), state(store)
    rows = eve.rows(Where(tiers=(), ended=True))
    assert len(rows) == len(mine["now"])
    assert not {item.id for item in eve.items(rows)} & set(mine["now"])
    assert {"near", "about"} == {x.rel for x in eve.links([item.id for item in eve.items(rows)])}
    assert 3 == told["links"]


def test_the_very_first_item_of_a_space_can_be_changed(store: Store) -> None:
    """Its row is number 0."""
    assert 0 == store.view(ADA).rows_of(["i1"])[0]

    store.apply(Change(updates=(Update("i1", {"text": "uno"}),), reason="test"), scope=ADA, embed=EMBED.embed)
    store.apply(Change(updates=(Update("i1", {"text": "due"}),), reason="test"), scope=ADA, embed=EMBED.embed)

    assert (3, "due") == (store.view(ADA).get("i1").version, store.view(ADA).get("i1").text)


def test_a_check_names_what_is_trusted_more_than_its_source(store: Store) -> None:
    """By a tenth is too much."""
    fact = Item("fact", "one", "f1", evidence=(Evidence("i1"),))
    store.apply(Change(puts=(fact,), reason="test"), scope=ADA, embed=EMBED.embed)
    trust = store.view(ADA).get("f1").trust
    assert upkeep.doctor(store, deep=True).ok

    store.apply(Change(updates=(Update("i1", {"trust": trust - 0.1}),), reason="test"), scope=ADA, embed=EMBED.embed)
    again = Update("f1", {"text": "uno"})
    store.apply(Change(updates=(again,), reason="test"), scope=ADA, embed=EMBED.embed)

    assert any(
        "more trusted than what it was derived from" in line for line in upkeep.doctor(store, deep=True).problems
    )
