"""What an audit says of somebody else's memory: each rule hits what it is for and leaves its neighbour alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from remanence.ingest.audit import Audit, audit
from remanence.ingest.message import Message, message
from remanence.language.which_language import language_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def note(text: str, at: str | None = "2025-01-01", **more: Any) -> Message:
    return message({"text": text, "kind": "note", "who": "ann", **({"at": at} if at else {}), **more}, imported=True)


def judged(*messages: Message | str, **options: Any) -> list[tuple[str, str]]:
    """(verdict, why) of each."""
    found = audit([note(one) if isinstance(one, str) else one for one in messages], now=NOW, **options)
    return [(one.what, one.why) for one in found.verdicts]


JUNK = [
    ("restated prompt", "User asked the assistant to summarise the report."),
    ("restated prompt", "The user requested a list of cities."),
    ("restated prompt", "Assistant should answer in JSON."),
    ("restated prompt", "User asked for a recipe"),
    ("restated prompt", "The user is asking about trains to Rome"),
    ("restated prompt", "User thanked the assistant."),
    ("restated prompt", "User told the AI to be brief"),
    ("made up", "Jane Doe works at Acme Corp"),
    ("boot text", "You are a helpful assistant named Max."),
    ("boot text", "Agent reads SOUL.md and AGENTS.md at boot."),
    ("boot text", "As an AI language model I cannot browse."),
    ("status line", "HEARTBEAT_OK"),
    ("status line", "No new memories found."),
    ("status line", "Done."),
    ("made up", "Name is John Doe"),
    ("empty", "..."),
]


@pytest.mark.parametrize(("why", "text"), JUNK)
def test_junk_is_refused_by_its_name(why: str, text: str) -> None:
    """Entries that no person ever wanted remembered."""
    assert [("refused", why)] == judged(text)


GOOD = [
    "User wants to learn Spanish",
    "Asked her doctor about the rash",
    "Works as an AI model engineer in Berlin",
    "Status of the visa: granted in May",
    "Done with the marathon in 3:58",
    "Uses an assistant for the garden",
    "John works with Jane at the bakery",
    "OK Computer is the favourite album",
    "User asked her doctor about the rash",
    "User told his wife that they will move",
    "User requested a transfer to Oslo from her boss",
    "User thanked Tom for the bike",
    "Brother is called John Smith",
    "Owns a toaster of Acme Corp from her grandmother",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_only_sounds_like_junk_is_kept(text: str) -> None:
    """Facts about a person."""
    assert [("kept", "")] == judged(text)


def test_chats_are_not_tidied() -> None:
    """Turns may be short, alike, and speak of assistants; only the very same turn twice is one too many."""
    turns = [
        message({"text": text, "who": "Ann", "at": at, "session": "s"})
        for text, at in [
            ("Done.", "2025-01-01"),
            ("Done.", "2025-01-02"),
            ("Done.", "2025-01-02"),
            ("You are a helpful assistant!", "2025-01-03"),
        ]
    ]

    assert ["kept", "kept", "refused", "kept"] == [what for what, _ in judged(*turns)]


def test_what_is_said_in_a_chat_ends_nothing() -> None:
    """A later turn that says otherwise is counted; memory itself settles the two when it sleeps."""
    said = [
        message({"text": f"I live in {town}.", "who": "Ann", "at": at})
        for town, at in (("Rome", "2024-01-01"), ("Oslo", "2025-01-01"))
    ]

    found = audit(said)

    assert (["kept", "kept"], 1) == ([one.what for one in found.verdicts], len(found.contradictions))


def test_duplicates_are_found_word_for_word_and_nearly() -> None:
    """Case and points do not matter; a number, a name, a no or another person do."""
    near = "Ann goes to the large covered market of the old town every Saturday with her sister and the dog"

    assert [
        ("kept", ""),
        ("refused", "duplicate"),
        ("kept", ""),
        ("kept", ""),
        ("refused", "duplicate"),
        ("kept", ""),
        ("kept", ""),
        ("kept", ""),
    ] == judged(
        "Likes tea",
        "likes tea.",
        note("Likes tea", who="bo"),
        near,
        near.replace("large ", ""),
        near.replace("Saturday", "Sunday"),
        near.replace("goes", "never goes"),
        "Likes 2 teas",
    )


def test_text_that_was_pasted_again_and_again_is_junk() -> None:
    """Twelve words in a row that stand in three entries; two entries may share them."""
    pasted = "the quick brown fox jumps over the lazy dog while seven wizards watch"

    assert [("refused", "pasted text")] * 3 == judged(*(f"Fact {n}: {pasted}" for n in "abc"))
    assert [("kept", "")] * 2 == judged(*(f"{n} {pasted}" for n in ("Monday", "Berlin")))


def test_the_later_of_two_takes_the_place_of_the_earlier() -> None:
    """Of one thing that has one value at a time; what has many stands side by side."""
    found = audit(
        [
            note("Lives in Rome", "2024-01-01"),
            note("Lives in Oslo", "2025-01-01"),
            note("Likes tea"),
            note("Likes cake"),
        ]
    )

    assert ["superseded", "kept", "kept", "kept"] == [one.what for one in found.verdicts]
    assert [("Lives in Rome", "Lives in Oslo")] == [(old.text, new.text) for old, new in found.superseded()]


def test_order_in_the_file_does_not_matter_but_dates_do() -> None:
    """Without dates nothing is superseded, and the contradiction is told."""
    turned = audit([note("Lives in Oslo", "2025-01-01"), note("Lives in Rome", "2024-01-01")])
    undated = audit([note("Lives in Oslo", None), note("Lives in Rome", None)])

    assert ["kept", "superseded"] == [one.what for one in turned.verdicts]
    assert (["kept", "kept"], 1) == ([one.what for one in undated.verdicts], len(undated.contradictions))


def test_an_entry_that_says_more_is_not_ended_for_one_part_of_it() -> None:
    """It stays, and the contradiction is told."""
    found = audit([note("Lives in Rome and works as a nurse", "2024-01-01"), note("Lives in Oslo", "2025-01-01")])

    assert (["kept", "kept"], 1) == ([one.what for one in found.verdicts], len(found.contradictions))


def test_people_are_not_mixed_up() -> None:
    """Two users may live in two places, also where each entry speaks of "the user" or of nobody by name."""
    of_two = [note("Lives in Rome", who="ann"), note("Lives in Oslo", "2025-02-02", who="bo")]

    assert [("kept", "")] * 2 == judged(note("I live in Rome"), note("Bo lives in Oslo", "2025-02-02"))
    assert [("kept", "")] * 2 == judged(*of_two)
    assert [] == audit(of_two).contradictions


def test_an_entry_is_ended_by_one_that_states_all_that_it_states() -> None:
    """Employer and job by employer and job; what says more, or of something else besides, stays."""

    def ended(old: str, new: str) -> bool:
        return "superseded" == judged(note(old, "2024-01-01"), note(new, "2025-01-01"))[0][0]

    assert ended("Works at Siemens as a welder", "Works at Bosch as a welder")
    assert ended("Lives in Rome since May 2020", "Lives in Oslo")
    assert ended("Is 34 years old", "Is 35 years old")
    assert not ended("Works at Siemens as a welder", "Works at Bosch")
    assert not ended("Lives in Rome and loves surfing", "Lives in Oslo")
    assert not ended("Lives in Rome. Allergic to nuts.", "Lives in Oslo")
    assert not ended("Lives in Rome with her two dogs Rex and Bello", "Lives in Oslo")


def test_all_that_say_the_old_value_are_ended_by_the_new_one() -> None:
    """In whatever words; none of them is left to say that it still holds."""
    told = judged(
        note("Lives in Rome", "2023-01-01"), note("Lives in Rome since May", "2023-02-01"), note("Lives in Oslo"),
    )  # fmt: skip

    assert ["superseded", "superseded", "kept"] == [what for what, _ in told]


def test_of_two_versions_under_one_id_the_last_counts() -> None:
    """As an import keeps it; somebody else's words under the same id are theirs."""
    same = {"source": "m1"}

    told = judged(note("Likes tea", **same), note("Likes cocoa", **same), note("Likes milk", who="bo", **same))
    again = judged(note("Likes tea", **same), note("Likes tea", "2025-02-02", **same))

    assert [("refused", "older version"), ("kept", ""), ("kept", "")] == told
    assert [("kept", ""), ("refused", "duplicate")] == again


def test_an_observation_of_a_graph_is_judged_without_the_name_before_it() -> None:
    """ "Nora: User asked the assistant ..." is what a program wrote about a request."""

    def observed(words: str) -> Message:
        data = {"subject": "Nora", "value": words}
        return message({"text": f"Nora: {words}", "kind": "fact", "data": data}, imported=True)

    told = judged(
        observed("User asked the assistant to look"), observed(" "), observed("Done."), observed("Plays cello")
    )

    assert ["restated prompt", "empty", "status line", ""] == [why for _, why in told]


def test_secrets_are_counted_and_refused_where_the_policy_says_so() -> None:
    """By kind; the wifi password is none."""
    texts = [note("Token is ghp_" + "a1B2c3D4e5F6" * 3), note("The wifi password is tulip42blossom")]

    assert {"GitHub token": 1} == dict(audit(texts).secrets)
    assert ["kept", "kept"] == [one.what for one in audit(texts).verdicts]
    assert [("refused", "secret"), ("kept", "")] == judged(*texts, secrets="refuse")


def test_ages_and_dates_are_told() -> None:
    """In groups, from now."""
    found: Audit = audit(
        [
            note("a b", "2026-02-20"),
            note("c d", "2025-12-01"),
            note("e f", "2020-01-01"),
            note("g h", None),
            note("i j", "2031-01-01"),
        ],
        now=NOW,
    )

    ages = found.ages()
    assert (1, 1, 1, 1) == (ages["up to 30 days"], ages["up to 180 days"], ages["older"], ages["no date"])
    assert 1 == ages["in the future"]
    assert (2020, 2031) == tuple(at.year for at in found.span() if at is not None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Lives in Porto"),
        ("en", "Prefers window seats"),
        ("en", "She has moved to the city and likes it there."),
        ("de", "Ich wohne in Berlin und habe einen Hund."),
        ("fr", "Je suis allé à la plage avec une amie."),
        ("es", "Me gusta el café con leche y los domingos."),
        ("es", "Le gusta caminar por la playa los domingos"),
        ("fr", "Aime le fromage de chèvre et le vin rouge"),
        ("it", "Mi piace il mare e sono di Napoli."),
        ("it", "Lavora come infermiera e le piace la montagna"),
        ("ja", "私は東京に住んでいます"),
        ("zh", "我住在北京"),
        ("ru", "Я живу в Москве"),
        ("ko", "저는 서울에 살아요"),
        ("", "12345"),
        ("", "Zxq"),
    ],
)
def test_a_language_is_known_by_its_script_or_its_common_words(language: str, text: str) -> None:
    """Nothing is said where the text does not tell."""
    assert language == language_of(text)
