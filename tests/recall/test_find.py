"""Finders."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from remanence.recall import find


def test_vectors_find_by_meaning_without_a_shared_word(space):
    """A question about a doctor for animals finds the vet."""
    told = space("The vet saw our cat.", "Shares fell in Tokyo.").told(find.vectors(), "animal doctor appointment")

    assert "The vet saw our cat." == told[0]


def test_a_speakers_name_does_not_pull_towards_turns_that_say_it(space, monkeypatch):
    """People seldom say their own name, others do: the question's meaning is looked for without it."""
    memory = space(
        {"who": "Melanie", "text": "Hi Caroline! Caroline, good to see you."},
        {"who": "Caroline", "text": "I adopted a guinea pig yesterday."},
    )
    cue = "Which pet has Caroline got?"

    assert "I adopted a guinea pig yesterday." == memory.told(find.vectors(), cue)[0]

    monkeypatch.setattr("remanence.stage.question.strip_asked", lambda text, people, roles: text)
    assert "Hi Caroline! Caroline, good to see you." == memory.told(find.vectors(), cue)[0]


def test_a_cue_that_is_nothing_but_a_name_still_has_a_meaning(space):
    """Then the name is all there is to look for."""
    memory = space({"who": "Ben", "text": "Shares fell in Tokyo."}, {"who": "Ada", "text": "Ada here, hello."})

    assert "Ada here, hello." == memory.told(find.vectors(), "Ada?")[0]
    assert 0 < memory.run(find.vectors(), "Ada?").scores[0]


def test_two_words_that_the_store_writes_as_one_are_found(space, monkeypatch):
    """ "soap bar" in "soapbar"; only side by side, and only where the store knows the one word."""
    memory = space("Take soapbar 1 to cabinet 2.", "Take laptop 1 to bed 2.")

    assert ["Take soapbar 1 to cabinet 2."] == memory.told(find.words(), "a soap bar?")
    assert [] == memory.told(find.words(), "a soap for the bar?")

    monkeypatch.setattr("remanence.stage.question._written_as_one", lambda *given: [])
    assert [] == memory.told(find.words(), "a soap bar?")


def test_word_scores_are_shares_of_the_best_possible(talk):
    """In [0, 1], best first; only rows with a word of the cue."""
    hits = talk.run(find.words(), "cedar boards")

    assert {"She wants cedar boards, and those are dear.", "The timber yard in Ashford sells cedar offcuts."} == {
        hit.text for hit in hits
    }
    assert 1 >= hits.scores[0] > hits.scores[1] > 0


def test_a_question_of_stop_words_only_finds_no_words(talk):
    """Nothing to look for is no error."""
    assert 0 == len(talk.run(find.words(), "?!"))


def test_time_finds_only_inside_the_interval_that_the_cue_names(talk):
    """Turns of 2 May; none without a time, none outside the filter."""
    day = datetime(2024, 5, 2, tzinfo=UTC)
    hits = talk.run(find.time(), "What was said on 2 May 2024?")

    assert len(hits)
    assert all(hit.item.at >= day for hit in hits)
    assert 0 == len(talk.run(find.time(), "What was said?"))
    assert 0 == len(talk.run(find.time(), "What was said on 2 May 2024?", before=day))


def test_a_rare_name_outweighs_a_common_one(space):
    """1 / (1 + ln n): what one turn mentions counts more than what four do."""
    memory = space(*(f"Rome again, day {n}." for n in ["one", "two", "three", "four"]), "A card from Oslo.")
    hits = memory.run(find.entities(), "Was it Rome or Oslo?")

    assert "A card from Oslo." == hits[0].text
    assert np.isclose(0.5, hits.scores[0])
    assert np.isclose(0.5 / (1 + np.log(4)), hits.scores[1])


def test_recent_gives_the_newest_first(talk):
    """The last turn scores 1, and k bounds how far back it goes."""
    hits = talk.run(find.recent(k=3), "anything")

    assert ["Yes, Dr Olsen is very gentle with her.", "At the vet in Long Street?"] == [hit.text for hit in hits][:2]
    assert [1.0, 2 / 3, 1 / 3] == [round(float(score), 6) for score in hits.scores.astype(float)] or len(hits) == 3


def test_spoken_by_finds_the_named_speaker_only(talk):
    """ "What did Ada say ..." gives Ada's turns."""
    hits = talk.run(find.spoken_by(), "What did Ada say about bread?")

    assert {"Ada"} == {hit.item.who for hit in hits}
    assert 0 == len(talk.run(find.spoken_by(), "What about bread?"))


def test_kinds_narrow_a_finder_unless_the_cue_does(talk):
    """The finder's own kinds give way to the cue's."""
    assert 0 == len(talk.run(find.vectors(kinds=("fact",)), "cedar"))
    assert len(talk.run(find.vectors(kinds=("fact",)), "cedar", kinds=("turn",)))
