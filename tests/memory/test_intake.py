"""What comes in: who may rewrite what, what is our own words coming back, and how far it is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from remanence import Memory
from remanence.memory.echo import quoted
from remanence.testing import HandClock, HashingEmbedder

GOOD, EVIL = "Mira's IBAN is DE11 0001.", "Mira's IBAN is XX66 6666."


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory(":memory:", "plain", HashingEmbedder(64), clock=HandClock(), seed=1) as made:
        yield made


def told(memory: Memory) -> list[tuple[str, str | None, float]]:
    return [(item.text, item.who, item.trust) for item in memory.list(limit=0)]


# --- the same source -----------------------------------------------------------------------------

STRANGERS: list[tuple[dict[str, Any], str | None]] = [
    ({"role": "tool"}, "external"),
    ({"role": "tool"}, None),
    ({"role": "assistant"}, None),
    ({"who": "Mira"}, "external"),
    ({"who": "Mira", "trust": "tool"}, None),
    ({}, "external"),
    ({"who": "Eve"}, None),
]


@pytest.mark.parametrize(("as_", "trust"), STRANGERS, ids=str)
def test_a_stranger_with_a_known_source_stands_beside_and_rewrites_nothing(
    memory: Memory, as_: dict[str, Any], trust: str | None
) -> None:
    """Neither the words nor the speaker nor the trust of the first are taken over; the two contradict."""
    first = memory.remember({"who": "Mira", "text": GOOD, "source": "msg-1"}).ids[0]

    second = memory.remember({"text": EVIL, "source": "msg-1", **as_}, trust=trust).ids[0]

    assert (GOOD, "Mira", 1.0) == told(memory)[0]
    assert ((EVIL, as_.get("who", as_.get("role")))) == told(memory)[1][:2]
    assert 1 == len(memory.history(first))
    assert [(second, first)] == [(x.src, x.dst) for x in memory._view().links([first], rels=("contradicts",))]


def test_the_same_speaker_rewrites_what_a_source_said(memory: Memory) -> None:
    """An edited message is a new version, and trusted no more than either."""
    id = memory.remember({"who": "Mira", "text": "tea at four", "source": "msg-1"}).ids[0]

    receipt = memory.remember({"who": "Mira", "text": "tea at five", "source": "msg-1", "trust": "import"})

    assert (1, 0) == (receipt.updated, receipt.put)
    assert [("tea at five", "Mira", 0.9)] == told(memory)
    assert 2 == len(memory.history(id))


def test_whoever_takes_a_source_first_does_not_keep_the_person_out(memory: Memory) -> None:
    """A planted text under a guessed source neither swallows nor lowers what the person says under it later."""
    memory.remember({"text": GOOD, "source": "msg-1"}, trust="external")
    memory.remember({"text": EVIL, "source": "msg-2"}, trust="external")

    memory.remember(
        [{"who": "Mira", "text": "Tea is at four.", "source": "msg-1"}, {"text": "Bye now.", "source": "msg-2"}]
    )

    assert {("Tea is at four.", "Mira", 1.0), ("Bye now.", None, 1.0)} <= set(told(memory))


def test_a_source_twice_in_one_call_follows_the_same_rule(memory: Memory) -> None:
    """Within a batch as across two."""
    receipt = memory.remember(
        [
            {"who": "Mira", "text": GOOD, "source": "a"},
            {"who": "Mira", "text": GOOD, "source": "a"},
            {"role": "tool", "text": EVIL, "source": "a"},
            {"who": "Mira", "text": "Mira's IBAN is DE11 0002.", "source": "a"},
        ]
    )

    assert (2, 1) == (receipt.put, receipt.duplicates)
    assert [("Mira's IBAN is DE11 0002.", "Mira", 1.0), (EVIL, "tool", 0.6)] == told(memory)


# --- our own words -------------------------------------------------------------------------------


def context_of(memory: Memory) -> str:
    memory.remember(
        [
            {"who": "Ada", "text": "The heron stands at the blue lake.", "source": "s/1/1", "at": "2024-05-08"},
            {"who": "Bo", "text": "The lake froze in winter.\nWe skated a lot.", "source": "s/1/2", "at": "2024-05-08"},
        ]
    )  # fmt: skip
    return str(memory.context("lake"))


@pytest.mark.parametrize("recipe", ["plain", "default"])
@pytest.mark.parametrize(
    "mine",
    ["My mother is called Ines.", "[8 May 2024] my mother is called Ines", "Ada: my mother is called Ines {s/1/1}",
     "  my mother is called Ines", "1. Ada: Ines"],
)  # fmt: skip
def test_words_written_into_a_quoted_block_are_kept(recipe: str, mine: str) -> None:
    """Only what memory holds is taken out of a block that was written into, however the words look."""
    for place in range(1, 7):
        with Memory(":memory:", recipe, HashingEmbedder(64), clock=HandClock(), seed=1) as memory:
            lines = context_of(memory).splitlines()

            receipt = memory.remember("\n".join([*lines[:place], mine, *lines[place:]]))

            kept = memory.get(receipt.ids[0]).text
            assert mine.strip() in kept
            assert "heron" not in kept or mine.startswith("  ")


@pytest.mark.parametrize("recipe", ["plain", "default"])
def test_a_block_that_was_cut_is_known_line_by_line(recipe: str) -> None:
    """Without its end, or its beginning, nothing of ours is remembered as news."""
    with Memory(":memory:", recipe, HashingEmbedder(64), clock=HandClock(), seed=1) as memory:
        lines = context_of(memory).splitlines()

        without_end = memory.remember("\n".join(lines[:-1]))
        without_begin = memory.remember("\n".join(lines[1:]))

    assert (0, 1, 0, 1) == (without_end.put, without_end.quoted, without_begin.put, without_begin.quoted)


def test_the_block_of_another_user_is_words(memory: Memory, tmp_path: Any) -> None:
    """A fence is of one user's memory; in another's nothing is known of it."""
    with Memory(tmp_path / "a.db", "plain", HashingEmbedder(64), user="ada") as ada:
        block = context_of(ada)
    with Memory(tmp_path / "a.db", "plain", HashingEmbedder(64), user="bo") as bo:
        bo.remember(block)

        assert [block] == [item.text for item in bo.list()]


# --- quotes without a fence ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        EVIL,
        f"As I remember: {EVIL}",
        "mira's iban is XX66 6666",
        f"Sure! {EVIL} Anything else?",
        "They wrote: “Mira’s IBAN is  XX66\n6666”",
    ],
)
@pytest.mark.parametrize("role", ["assistant", "user"])
def test_recalled_text_that_is_said_again_is_not_trusted_more(memory: Memory, role: str, again: str) -> None:
    """Whoever repeats it, and however little is said around it."""
    memory.remember(EVIL, trust="external")

    memory.remember({"role": role, "text": again})

    assert [0.3, 0.3] == [trust for *_, trust in told(memory)]


def test_a_sentence_of_a_long_report_is_a_quote_too(memory: Memory) -> None:
    """Out of a page that was read only the telling sentence is repeated; or eight words from the middle of one."""
    memory.remember(
        f"Welcome to our page. {EVIL} The night train to Lisbon leaves at nine from the old quay.", trust="external"
    )

    memory.remember(
        [{"role": "assistant", "text": f"I found that {EVIL}"}, "so train to lisbon leaves at nine from the old"]
    )

    assert [0.3] * 3 == [trust for *_, trust in told(memory)]


def test_what_an_assistant_said_long_ago_comes_back_as_the_assistants(memory: Memory) -> None:
    """Recalled by this handle, it is known, however much was remembered since."""
    memory.remember({"role": "assistant", "text": "The heron stands at the blue lake."})
    memory.remember([f"turn number {i} about nothing" for i in range(40)])
    memory.recall("heron lake", 1)

    memory.remember("You said: the heron stands at the blue lake.")

    assert 0.8 == told(memory)[-1][2]


def test_within_one_call_a_reply_is_not_trusted_more_than_the_report_before_it(memory: Memory) -> None:
    """Tool output and the reply to it often come together."""
    memory.remember([{"role": "tool", "text": EVIL}, {"role": "assistant", "text": f"It says {EVIL}"}])

    assert [0.6, 0.6] == [trust for *_, trust in told(memory)]


def test_what_a_person_said_first_stays_theirs(memory: Memory) -> None:
    """That a tool repeats it takes nothing away from it, then or later."""
    memory.remember(GOOD)
    memory.remember(GOOD, trust="external")

    memory.remember(f"Once more: {GOOD}")

    assert [1.0, 0.3, 1.0] == [trust for *_, trust in told(memory)]


def test_what_a_person_says_in_the_same_call_stays_theirs(memory: Memory) -> None:
    """Also where a tool repeats it between the two times."""
    memory.remember([GOOD, {"role": "tool", "text": GOOD}, f"Once more: {GOOD}"])

    assert [1.0, 0.6, 1.0] == [trust for *_, trust in told(memory)]


@pytest.mark.parametrize("again", ["tea", "the IBAN", "Good morning!", "Mira and I had tea at four in the garden."])
def test_common_words_are_no_quote(memory: Memory, again: str) -> None:
    """Short talk and other sentences keep their trust."""
    memory.remember(["tea", "the IBAN", "Good morning!", EVIL], trust="external")

    memory.remember(again)

    assert 1.0 == told(memory)[-1][2]


def test_trust_does_not_rise_on_the_whole_way_round(tmp_path: Any) -> None:
    """Recalled, replied, remembered, slept over, exported and imported: still a report."""
    import io

    from remanence.store.upkeep import export, import_

    with Memory(tmp_path / "a.db", embedder=HashingEmbedder(64), clock=HandClock()) as memory:
        memory.remember({"role": "tool", "text": "Ada lives in Oslo now."}, trust="external")
        memory.sleep()
        said = memory.recall("Where does Ada live?")[0].text
        memory.remember(
            [{"role": "assistant", "text": f"I recall: {said}"}, {"role": "user", "text": f"Right: {said}"}]
        )
        memory.sleep()
        out = io.StringIO()
        export(memory.store, out, scope=memory.scope)
        everything = memory.list(limit=0, ended=True, tiers=())
    with Memory(tmp_path / "b.db", embedder=HashingEmbedder(64), clock=HandClock()) as other:
        import_(other.store, iter(out.getvalue().splitlines()), other.embedder)
        arrived = other.list(limit=0, ended=True, tiers=())

    assert 0.3 == max(item.trust for item in everything)
    assert 0.3 == max(item.trust for item in arrived)


def test_the_quote_finder_is_quick_on_long_and_repeated_text() -> None:
    """Work grows with the length of the text, not with its square; nothing is found in what is not there."""
    assert quoted("ab " * 100_000, "cd " * 100_000) is None
    assert quoted("a b c " * 50_000 + "d", "x. " * 50_000) is None
