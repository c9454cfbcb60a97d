"""What one source says several times: in one call as in two, nothing that was said is lost, and nothing comes twice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from remanence import Memory
from remanence.errors import Conflict
from remanence.memory import verbatim
from remanence.memory.verbatim import VALUES
from remanence.store import upkeep
from remanence.testing import HandClock, HashingEmbedder

FOUR, FIVE, SIX = ({"who": "Ada", "text": f"Tea is at {when}.", "source": "m1"} for when in ("four", "five", "six"))
MOVED = [
    {"who": "Ada", "text": "I live in Rome.", "source": "m1", "at": "2025-03-04"},
    {"who": "Bo", "text": "I work at the harbour.", "source": "m2", "at": "2025-03-04"},
    {"who": "Ada", "text": "I live in Oslo.", "source": "m1", "at": "2025-03-04"},
    {"who": "Bo", "text": "I work at the mill.", "source": "m2", "at": "2025-03-04"},
    {"who": "Ada", "text": "I live in Oslo with Ines.", "source": "m1", "at": "2025-03-04"},
]


def opened(recipe: str = "plain", path: Any = ":memory:", **options: Any) -> Memory:
    return Memory(path, recipe, HashingEmbedder(64), clock=HandClock(), seed=1, **options)


@pytest.fixture
def memory() -> Iterator[Memory]:
    with opened() as made:
        yield made


def told(memory: Memory) -> list[list[str]]:
    """Every version of every message."""
    return [[one.text for one in memory.history(item.id)] for item in memory.list(limit=0, kinds=["turn"])]


def everything(memory: Memory) -> list[tuple[Any, ...]]:
    """What is believed, without ids."""
    name = {item.id: item.text for item in memory.list(limit=0, tiers=(), ended=True)}
    return sorted(
        (item.kind, item.text, str(item.who), item.trust, item.tier, sorted(name[one.id] for one in item.evidence))
        for item in memory.list(limit=0, tiers=(), ended=True)
    )


def context(memory: Memory) -> str:
    """Without ids."""
    return re.sub(r'\{\w+\}|id="\d+"', "", str(memory.context("Where does Ada live?")))


# --- several in one call -------------------------------------------------------------------------


@pytest.mark.parametrize("batches", [[[FOUR, FIVE, SIX]], [[FOUR], [FIVE, SIX]], [[FOUR, FIVE], [SIX]]], ids=str)
def test_whatever_a_source_said_is_in_the_history(memory: Memory, batches: Sequence[Any]) -> None:
    """All at once, or one after the other: the last stands, and each text before it has its version."""
    receipts = [memory.remember(batch) for batch in batches]

    assert [["Tea is at four.", "Tea is at five.", "Tea is at six."]] == told(memory)
    assert (1, 2, 0) == tuple(sum(getattr(one, name) for one in receipts) for name in ("put", "updated", "duplicates"))
    assert [3] == [item.version for item in memory.list()]


def test_a_call_that_says_one_thing_twice_tells_so(memory: Memory) -> None:
    """The receipt names how many are history at once."""
    receipt = memory.remember([FOUR, FIVE])

    assert ("1 message is said anew within this call; what was said before is in its history",) == receipt.notes
    assert () == memory.remember([SIX]).notes


@pytest.mark.parametrize("recipe", ["plain", "default", "newest", "a_mem", "belief_set", "mem0"])
def test_one_call_ends_as_many_do(recipe: str) -> None:
    """Messages, what is derived of them at once and at sleep, trust and history; the context too."""
    with opened(recipe) as one, opened(recipe) as many:
        one.remember(MOVED)
        for message in MOVED:
            many.remember(message)
        at_once = everything(one), everything(many)
        one.sleep()
        many.sleep()

        assert at_once[0] == at_once[1]
        assert everything(one) == everything(many)
        assert told(one) == told(many)
        assert context(one) == context(many)


def test_nothing_rests_on_what_is_history_at_once() -> None:
    """No fact says Rome where Oslo was said in the same call."""
    with opened("default") as memory:
        memory.remember(MOVED)
        memory.sleep()

        assert not [item for item in memory.list(limit=0, tiers=(), ended=True) if "Rome" in item.text]
        assert [] == [hit.text for hit in memory.recall("Rome") if "Rome" in hit.text]
        assert "Oslo" in memory.ask("Where does Ada live?").text


def test_the_least_trust_of_all_that_was_said_holds(memory: Memory) -> None:
    """As for two calls: a text that came by an import is trusted so, and so is what is derived of it."""
    memory.remember([FOUR, {**FIVE, "trust": "import"}, SIX])

    assert [(1.0, 0.9, 0.9)] == [tuple(one.trust for one in memory.history(item.id)) for item in memory.list()]


@pytest.mark.parametrize("text", ["Tea is at four.", "", "   ", "Tea is at fóur.", "Tea is at fo\u0301ur."], ids=ascii)
def test_a_text_that_comes_back_is_a_version_of_its_own(memory: Memory, text: str) -> None:
    """To what was said first, to nothing (with a picture), or to another form of the same letters."""
    picture = {"attachments": [{"type": "image", "url": "a.png"}]}

    memory.remember([FOUR, FIVE, {**FOUR, "text": text, **picture}])

    assert [["Tea is at four.", "Tea is at five.", text]] == told(memory)


# --- the same again ------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [[], [SIX]], ids=["new", "stored"])
def test_a_list_that_comes_again_is_known(memory: Memory, before: Sequence[Any]) -> None:
    """Twice the same list adds no version, whatever stood there before; a list that grew adds what is new."""
    memory.remember(before)
    memory.remember([FOUR, FIVE])
    commit = memory.store.commit

    again = memory.remember([FOUR, FIVE])
    versions = told(memory)
    grown = memory.remember([FOUR, FIVE, SIX, SIX])

    assert (0, 0, 2, commit) == (again.put, again.updated, again.duplicates, again.commit)
    assert [[*(one["text"] for one in before), "Tea is at four.", "Tea is at five."]] == versions
    assert (0, 1, 3) == (grown.put, grown.updated, grown.duplicates)


def test_a_list_that_goes_back_goes_back(memory: Memory) -> None:
    """An edit that takes back an edit is one, in one call as in two."""
    memory.remember([FOUR, FIVE, FOUR])
    memory.remember(FIVE)
    memory.remember([FOUR])

    assert [["Tea is at four.", "Tea is at five."] * 2 + ["Tea is at four."]] == told(memory)


def test_a_correction_is_not_undone_by_what_it_corrects(memory: Memory) -> None:
    """A file that is imported every night says the old text again; only when it says something new it counts."""
    (id,) = memory.remember([FOUR]).ids
    memory.update(id, "Tea is at nine.")

    same = memory.remember([FOUR])
    kept = memory.get(id).text
    news = memory.remember([FOUR, FIVE])

    assert (0, 0, 1, "Tea is at nine.") == (same.put, same.updated, same.duplicates, kept)
    assert (1, 1, "Tea is at five.") == (news.updated, news.duplicates, memory.get(id).text)
    assert [["Tea is at four.", "Tea is at nine.", "Tea is at five."]] == told(memory)


def test_a_corrected_speaker_stays_corrected(memory: Memory) -> None:
    """The message under its first speaker is the same message, and no second one."""
    (id,) = memory.remember([FOUR]).ids
    memory.update(id, who="Bo")

    again = memory.remember([FOUR])

    assert (0, 0, 1, ["Bo"]) == (again.put, again.updated, again.duplicates, [item.who for item in memory.list()])


def test_a_corrected_edit_is_known_whole(memory: Memory) -> None:
    """Of a list that was edited and then corrected, and a correction that other changes followed."""
    memory.remember([FOUR, FIVE])
    (item,) = memory.list()
    memory.update(item.id, "Tea is at nine.")
    memory.update(item.id, tier="cold")
    memory.forget(item.id)
    memory.restore(item.id)

    again = memory.remember([FOUR, FIVE])

    assert (0, 2, "Tea is at nine.") == (again.updated, again.duplicates, memory.get(item.id).text)


# --- not the same --------------------------------------------------------------------------------


def test_two_speakers_with_the_same_words_are_two(memory: Memory) -> None:
    """Under one source too: what Bo says is not Ada's; a role's word names nobody and is no third one."""
    memory.remember([{"who": who, "text": "I agree.", "source": "m1"} for who in ("Ada", "Bo", None, "user")])

    assert ["Ada", "Bo"] == [item.who for item in memory.list()]


def test_nobody_named_speaks_for_whom_it_repeats(memory: Memory) -> None:
    """Without a name, words under a source of two speakers are those of who said them, and rewrite nobody else's."""
    memory.remember([{"who": who, "text": f"I am {who}.", "source": "m1"} for who in ("Ada", "Bo")])

    receipt = memory.remember({"text": "I am Bo.", "source": "m1"})

    assert (1, [["I am Ada."], ["I am Bo."]]) == (receipt.duplicates, told(memory))


def test_an_id_may_begin_anew_in_every_chat(memory: Memory) -> None:
    """Another text of another chat is another message; an edit finds its own."""
    memory.remember([{"text": f"Hello from {chat}.", "id": 1, "session": chat} for chat in ("s1", "s2")])
    memory.remember({"text": "Bye.", "id": 1, "session": "s2"})

    assert [["Hello from s1."], ["Hello from s2.", "Bye."]] == told(memory)
    assert [] == list(memory._view().links([item.id for item in memory.list()], rels=("contradicts",)))


@pytest.mark.parametrize(
    "along", [{"caption": "A harbour."}, {"attachments": [{"type": "image", "url": "b.png"}]}], ids=["caption", "image"]
)
def test_what_comes_with_the_words_counts_as_said(memory: Memory, along: dict[str, Any]) -> None:
    """Another caption or picture is an edit; a message without any says nothing against it."""
    name, value = next(iter(along.items()))
    memory.remember({**FOUR, "caption": "A lake."})

    edited, same, bare = (
        memory.remember([{**FOUR, **along}]),
        memory.remember([{**FOUR, **along}]),
        memory.remember(FOUR),
    )

    (item,) = memory.list()
    assert ([1, 0, 0], [0, 1, 1]) == ([one.updated for one in (edited, same, bare)],
                                      [one.duplicates for one in (edited, same, bare)])  # fmt: skip
    assert value == item.data[name]
    assert "A lake." == memory.history(item.id)[0].data["caption"]


def test_equal_words_without_a_source_are_said_twice(memory: Memory) -> None:
    """At one time or at two, in one call or in two: nobody knows that it is one message."""
    memory.remember([{"text": "Good morning!", "at": at} for at in ("2025-01-01", "2025-01-01", "2025-01-02")])
    memory.remember({"text": "Good morning!", "at": "2025-01-01"})

    assert 4 == memory.count()


def test_a_quote_with_a_picture_keeps_the_picture(memory: Memory) -> None:
    """Recalled text that comes back is no news, what came with it is."""
    memory.remember(FOUR)
    picture = {"type": "image", "url": "a.png"}

    memory.remember({"text": str(memory.context("tea")), "attachments": [picture]})

    assert [picture] == memory.list()[-1].data["attachments"]


@pytest.mark.parametrize("name", VALUES)
def test_a_program_gets_back_what_it_kept_also_when_it_is_a_quote(memory: Memory, name: str) -> None:
    """A tool's answer that is recalled text is a part of the chat that an adapter keeps; its words are no news."""
    memory.remember(FOUR)
    text = str(memory.context("tea"))
    value = {"role": "tool", "content": text}

    receipt = memory.remember({"role": "tool", **verbatim.kept(name, value, text)})

    kept = memory.get(receipt.ids[0])
    assert (value, "", 1) == (verbatim.back(name, kept), kept.text, receipt.quoted)


# --- said so -------------------------------------------------------------------------------------


def test_what_stays_hidden_or_out_is_told(memory: Memory) -> None:
    """A forgotten message that is edited stays forgotten, an erased one stays out; the receipt says both."""
    a, b = memory.remember([FOUR, {**FIVE, "source": "m2"}]).ids
    memory.forget(a)
    memory.erase(b)

    receipt = memory.remember([SIX, {**SIX, "source": "m2"}])

    assert (
        "1 message is of an erased source and not kept",
        "1 message is of what is hidden and stays so; restore brings it back",
    ) == receipt.notes
    memory.restore(a)
    assert ["Tea is at six."] == [item.text for item in memory.list()]


@pytest.mark.parametrize(
    "other",
    [{"at": "2025-05-06"}, {"attachments": [{"type": "image", "url": "b.png"}]}, {"mood": "sad"}, {"trust": "tool"}],
    ids=str,
)
def test_a_key_stands_for_all_that_was_said(memory: Memory, other: dict[str, Any]) -> None:
    """Another time, picture, field or channel is another call; a retry later on is the same."""
    first = memory.remember(FOUR, key="k")
    memory.clock.tick(hours=1)  # type: ignore[attr-defined]

    assert (True, first.ids) == ((again := memory.remember(FOUR, key="k")).replayed, again.ids)
    with pytest.raises(Conflict):
        memory.remember({**FOUR, **other}, key="k")


# --- in the file ---------------------------------------------------------------------------------


def test_the_versions_of_one_call_are_in_the_file(tmp_path: Path) -> None:
    """Opened again, caught up by another handle, checked, replayed, exported and imported."""
    embedder = HashingEmbedder(64)
    with opened(path=tmp_path / "a.db") as memory, opened(path=tmp_path / "a.db") as other:
        other.count()
        memory.remember(MOVED)
        caught_up = told(other)
        first, second, third = io.StringIO(), io.StringIO(), io.StringIO()
        upkeep.export(memory.store, first)
        upkeep.replay(memory.store, tmp_path / "b.db", embedder)
        sound = upkeep.doctor(memory.store, deep=True).problems
        versions = told(memory)
    with opened(path=tmp_path / "b.db") as again, opened(path=tmp_path / "c.db") as copy:
        upkeep.export(again.store, second)
        upkeep.import_(copy.store, iter(first.getvalue().splitlines()), embedder)
        upkeep.export(copy.store, third)
    with opened(path=tmp_path / "a.db") as memory:
        read = told(memory)

    assert () == sound
    assert versions == caught_up == read
    assert [3, 2] == [len(one) for one in versions]
    assert first.getvalue() == second.getvalue() == third.getvalue()


def test_an_erase_takes_the_versions_of_one_call_too(tmp_path: Path) -> None:
    """No byte of what was said first is left."""
    with opened(path=tmp_path / "a.db") as memory:
        memory.remember([{**FOUR, "text": "The code is Zanzibar."}, FIVE, {**SIX, "source": "m2"}])
        memory.erase(memory.list()[0].id, force=True)

    assert not [one for one in tmp_path.iterdir() if b"Zanzibar" in one.read_bytes()]
