"""Key phrases and triples without a tagger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.language.phrases import keyphrases, noun_phrases, tokens, triples

PASSAGE = (
    "Nature Physics is a monthly scientific journal published by the Nature Publishing Group. "
    "It was first published in Oxford. The editor is Andrea Taroni."
)


def test_tokens_are_the_words_that_carry_meaning() -> None:
    """Function words go; CJK runs become pairs of characters."""
    assert ["support", "group", "powerful"] == tokens("The support group was so powerful!")
    assert ["我去", "去了", "了商", "商店"] == tokens("我去了商店")


def test_noun_phrases_stop_at_verbs_and_function_words() -> None:
    """The spans slice the text."""
    text = "My powerful graphics card was stolen from the old dance studio."

    found = noun_phrases(text)

    assert ["powerful graphics card", "old dance studio"] == [p.text for p in found if " " in p.text]
    assert all(text[p.start : p.end] == p.text for p in found)


def test_long_phrases_of_linked_words_rank_first() -> None:
    """Degree over frequency: three words that stand together beat one word."""
    best = keyphrases("I love my powerful graphics card. The card is nice.", 2)

    assert "powerful graphics card" == best[0].text
    assert best[0].score > best[1].score
    assert [] == keyphrases("", 3)


WORDS = ("kettle", "shed", "Lake", "tar", "ox", "red", "oak", "Moss")


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12))
def test_keyphrases_weigh_what_the_words_weigh_together(said: list[str]) -> None:
    """Degree over frequency by the definition: large ones a fifth more, short ones half, said again half more."""
    text, at, first = "; ".join(said), 0, dict[str, int]()
    for phrase in said:
        first.setdefault(phrase.lower(), at)
        at += len(phrase) + 2
    runs = [phrase.lower().split() for phrase in said]
    expected = dict[str, float]()
    for phrase, start in first.items():
        weight = sum(
            sum(len(run) * run.count(word) for run in runs) / sum(run.count(word) for run in runs)
            for word in phrase.split()
        )
        weight *= 1.2 if start and text[start].isupper() else 1
        weight *= 0.5 if len(phrase) < 4 else 1
        expected[phrase] = weight * (1 + 0.5 * (runs.count(phrase.split()) - 1))
    order = sorted(expected, key=lambda phrase: (-expected[phrase], first[phrase]))

    found = keyphrases(text, 20)

    assert [round(expected[one], 6) for one in order] == pytest.approx([one.score for one in found])
    assert {(one, first[one]) for one in order} == {(one.text.lower(), one.start) for one in found}
    assert all(text[one.start : one.end] == one.text for one in found)
    assert found[:2] == keyphrases(text, 2)


def test_a_passage_gives_triples_about_its_title() -> None:
    """Copula, passive, pronoun and "the R is X" speak of the title."""
    found = {(t.subject, t.object): t.relation for t in triples(PASSAGE, "Nature Physics")}

    assert "is" == found["Nature Physics", "monthly scientific journal"]
    assert "published by" in found["Nature Physics", "Nature Publishing Group"]
    assert "Oxford" in {o for _, o in found}
    assert "editor" in found["Nature Physics", "Andrea Taroni"]


def test_neighbours_joined_by_a_preposition_make_a_triple() -> None:
    """ "X from Y" ties X to Y, not only the subject to both."""
    found = triples("The current editor is Jan Solovej from University of Copenhagen.", "Journal")

    assert ("Jan Solovej", "from", "University of Copenhagen") in {(t.subject, t.relation, t.object) for t in found}


def test_a_role_of_a_thing_is_its_relation() -> None:
    """ "The capital of X is Y" is (X, capital, Y)."""
    found = triples("The capital of Norway is Oslo.")

    assert ("Norway", "capital", "Oslo") in {(t.subject, t.relation, t.object) for t in found}


def test_triple_spans_point_at_the_words() -> None:
    """Object spans always slice the source; a subject that is the title has an empty span."""
    for t in triples(PASSAGE, "Nature Physics"):
        assert t.object == PASSAGE[t.object_span.start : t.object_span.end]
        if t.subject_span.end > t.subject_span.start:
            assert t.subject == PASSAGE[t.subject_span.start : t.subject_span.end]
