"""Scores, priors, fusing, reordering and the sense of knowing."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.errors import BadKnob
from remanence.recall import find, gate, score
from remanence.recall.fuse import rrf
from remanence.recall.rerank import dedupe, mmr, prefer_latest
from remanence.types import Change, Cue, Hits, Item, Scope

BOTH = find.vectors() | find.words()


def test_evidence_scores_lie_between_nothing_and_one_and_best_first(talk):
    """A logistic sum; every hit shows its channels."""
    hits = talk.run(BOTH >> score.evidence(), "When is the kitten's vaccination?")

    assert "Mittens has her second vaccination on Monday." == hits[0].text
    assert (np.diff(hits.scores) <= 0).all()
    assert ((hits.scores >= 0) & (hits.scores <= 1)).all()
    assert {"vectors", "words", "coverage"} <= set(hits[0].why)


def test_the_named_speaker_is_preferred(space):
    """Both say the same; the cue asks for one of them."""
    memory = space({"who": "Ada", "text": "I painted the boat."}, {"who": "Ben", "text": "I painted the boat."})

    assert "Ben" == memory.run(BOTH >> score.evidence(), "What did Ben paint?")[0].item.who
    assert "Ada" == memory.run(BOTH >> score.evidence(), "What did Ada paint?")[0].item.who
    off = score.TALK.with_(speaker=0.0)
    equal = memory.run(BOTH >> score.evidence(talk=off), "What did Ben paint?").scores
    assert equal[0] == equal[1]


def test_i_means_the_user(space):
    """A user's own words rank above the assistant's echo of them."""
    memory = space(
        {"who": "assistant", "text": "So you play the cello on Tuesdays."},
        {"who": "user", "text": "I play the cello on Tuesdays."},
    )

    assert "user" == memory.run(BOTH >> score.evidence(), "When do I play the cello?")[0].item.who


@pytest.mark.parametrize("cue", ["cello lesson day", "Which day is the cello lesson?"])
def test_who_asks_a_chat_wants_what_they_have_said(space, cue):
    """Also in keywords, without "I"; but not when the question is about the assistant's words."""
    memory = space(
        {"who": "assistant", "text": "The cello lesson is on Tuesdays, as you said."},
        {"who": "user", "text": "The cello lesson is on Tuesdays, as you know."},
    )

    assert "user" == memory.run(BOTH >> score.evidence(), cue)[0].item.who
    assert "assistant" == memory.run(BOTH >> score.evidence(), "Which day did you say the lesson is?")[0].item.who
    off = score.TALK.with_(**{name: 0.0 for name in score.TALK.weights if name.startswith("user ")})
    equal = memory.run(BOTH >> score.evidence(talk=off), cue).scores
    assert abs(equal[0] - equal[1]) < 0.02


def test_a_list_asks_for_what_was_told_as_the_talk_began(space):
    """People begin with their news; asked for one thing, or with the weight off, where it was said is all the same."""
    days = [
        {
            "who": who,
            "text": f"{who} spoke of {topic} for long.",
            "session": f"day {day}",
            "at": f"2024-05-{1 + day:02d}T10:{number:02d}:00",
        }
        for day, topic in enumerate(("boats", "bread", "rain", "cedar"))
        for number, who in enumerate(("Ada", "Ben") * 4)
    ]
    memory = space(*days)

    def gained(cue, weight):
        by = score.TALK.with_(**{"opens a session": weight})
        told = memory.run(BOTH >> score.evidence(talk=by), cue)
        at = {hit.item.at: hit.score for hit in told if "boats" in hit.text}
        first, *_, last = (at[when] for when in sorted(at))
        return first > last * 1.02

    asked, one = "Which topics did Ada and Ben speak of, boats?", "When did Ada and Ben speak of boats?"
    assert gained(asked, 3.0)
    assert not gained(asked, 0.0)
    assert not gained(one, 3.0)


def test_a_summary_rests_on_what_both_have_said(space):
    """Whoever said it counts alike; asked for one thing, the user's own words come first."""
    memory = space(
        {"who": "assistant", "text": "The cello lesson is on Tuesdays, as you said."},
        {"who": "user", "text": "The cello lesson is on Tuesdays, as you know."},
    )
    asked = ("Give me a summary of the cello lesson", "Give me the day of the cello lesson")

    summary, day = (memory.run(BOTH >> score.evidence(), cue).scores for cue in asked)

    assert summary[1] / summary[0] > 0.9 > day[1] / day[0]


def test_words_count_more_where_most_of_them_stand(space):
    """One rare word out of many, or all of them: the product tells them apart further than the sum does."""
    memory = space("The heron stood in the reeds at dawn.", "A heron.", "Reeds at dawn.", "The bus was late again.")
    cue = "heron in the reeds at dawn"
    off = score.TALK.with_(**{"words and coverage": 0.0})
    on = memory.run(BOTH >> score.evidence(talk=score.TALK, documents=score.TALK), cue)
    without = memory.run(BOTH >> score.evidence(talk=off, documents=off), cue)

    assert "The heron stood in the reeds at dawn." == on[0].text
    assert on.scores[0] / on.scores[1] > without.scores[0] / without.scores[1]


def test_the_time_that_the_cue_names_counts(space):
    """Equal words, other days: the one of the asked day comes first."""
    memory = space(
        {"text": "We went swimming.", "at": "2024-05-03"},
        {"text": "We went swimming.", "at": "2024-04-03", "session": "x"},
    )
    hits = memory.run(BOTH >> score.evidence(), "Where did they go swimming on 3 April 2024?")

    assert 4 == hits[0].item.at.month


def test_a_finder_that_missed_a_row_does_not_cost_it_the_channel(talk):
    """`complete` computes exactly what the finder would have given."""
    words = talk.run(find.words(), "cedar boards")
    done = talk.run(find.recent(k=16) >> score.complete(), "cedar boards")
    column = dict(zip(done.rows.tolist(), done.channels["words"].tolist(), strict=True))

    for row, value in zip(words.rows.tolist(), words.scores.tolist(), strict=True):
        assert pytest.approx(value, abs=1e-6) == column[row]
    assert sum(value > 0 for value in column.values()) == len(words)


def test_channels_are_weighed_after_stretching(talk):
    """With all weight on one channel its best hit scores 1 and its worst 0."""
    hits = talk.run(BOTH >> score.complete() >> score.channels(weights={"words": 1.0}), "cedar boards")

    assert 1.0 == hits.scores[0]
    assert 0.0 == hits.scores[-1]


def test_recency_halves_what_is_above_the_floor_each_half_life(space):
    """A turn of 14 days ago keeps 0.3 + 0.7 / 2; one without age keeps all."""
    memory = space(
        {"text": "alpha", "at": "2024-06-01T12:00"}, {"text": "alpha", "at": "2024-05-18T12:00", "session": "b"}
    )
    before = memory.run(find.words(), "alpha").scores
    after = memory.run(find.words() >> score.recency(half_life_days=14, floor=0.3), "alpha").scores

    assert pytest.approx([before[0], before[0] * 0.65], rel=1e-4) == after.tolist()


def test_less_trusted_words_count_less(space):
    """trust ** 1 times the score."""
    memory = space()
    memory.memory.remember("alpha", trust="external")
    plain = memory.run(find.words(), "alpha").scores[0]

    assert pytest.approx(plain * 0.3) == memory.run(find.words() >> score.trust(power=1), "alpha").scores[0]


def test_short_turns_are_played_down(space):
    """Three terms of twelve, with power 1, keep a quarter."""
    memory = space("alpha bravo charlie")
    plain = memory.run(find.words(), "alpha").scores[0]

    assert pytest.approx(plain / 4) == memory.run(find.words() >> score.length(typical=12, power=1), "alpha").scores[0]


def test_rrf_joins_lists_by_rank(talk):
    """What both finders rank first scores 1."""
    hits = talk.run(rrf(find.vectors(), find.words()), "Mittens second vaccination")

    assert "Mittens has her second vaccination on Monday." == hits[0].text
    assert pytest.approx(1.0) == hits.scores[0]
    assert {"vectors", "words"} <= set(hits.channels)
    with pytest.raises(BadKnob, match="the stages that it wraps"):
        rrf()


def test_fused_stages_compare_by_what_they_join():
    """Same stages, same stage; other k, another."""
    assert rrf(find.vectors(), find.words()) == rrf(find.vectors(), find.words())
    assert rrf(find.vectors(), find.words()) != rrf(find.vectors(), find.words(), k=10)


def test_near_duplicates_are_folded_behind_the_best(space):
    """Nine words of ten in common is one turn."""
    memory = space(
        "the cedar boards for the fence are dear", "the cedar boards for the fence are dear!", "cedar smells good"
    )

    assert 3 == len(memory.run(find.words(), "cedar"))
    assert 2 == len(memory.run(find.words() >> dedupe(max_jaccard=0.9), "cedar"))


def test_diverse_brings_the_other_subject_forward(space):
    """Two of a kind are parted by what is different."""
    memory = space("cedar boards fence", "cedar boards fences", "cedar oil perfume bottle")
    told = memory.told(find.words() >> mmr(balance=0.3), "cedar boards")

    assert "cedar oil perfume bottle" == told[1]
    assert "cedar oil perfume bottle" == memory.told(find.words() >> mmr(balance=1.0), "cedar boards")[2]


def test_small_talk_recalls_nothing(talk):
    """A greeting costs no search; a question does."""
    stage = gate.unless_chat(BOTH)

    assert 0 == len(talk.run(stage, "Thanks!"))
    assert 0.0 == talk.run(stage, "Thanks!").confidence
    assert len(talk.run(stage, "Thanks! When is the concert?"))


def test_a_question_about_the_wrong_person_is_less_sure(talk):
    """Ada has the kitten; asked about Ben's kitten, confidence falls."""
    stage = BOTH >> score.evidence() >> gate.confidence()
    right = talk.run(stage, "When is Ada's kitten's vaccination?").confidence
    wrong = talk.run(stage, "When is Ben's kitten's vaccination?").confidence

    assert right > wrong


def test_an_empty_memory_is_sure_of_nothing(space):
    """Confidence 0, no hits, no error."""
    hits = space().run(BOTH >> score.evidence() >> gate.confidence(), "When is the concert?")

    assert isinstance(hits, Hits)
    assert 0 == len(hits)
    assert 0.0 == hits.confidence


def test_other_peoples_turns_change_no_score(space):
    """What another user says in the same file moves neither order, score nor confidence."""
    memory = space("Our cat Rex sleeps.", "Rain again.", "The cat ate.", recipe="default")

    def told():
        hits = memory.memory.recall("Where does the cat sleep?")
        return [(hit.id, hit.score) for hit in hits], hits.confidence

    before = told()
    eve = Scope(user="eve")
    strange = tuple(Item("turn", f"The cat sleeps at Eve's, {n}", f"eve-{n}", scope=eve) for n in range(30))
    memory.memory.store.apply(Change(puts=strange, reason="test"), scope=eve, embed=memory.ctx().embed)

    assert 31 == len(memory.memory._ctx(eve).store.rows()) + 1
    assert before == told()


def test_the_newest_statement_about_the_same_comes_first(space):
    """Two capitals for one country: the later word stands first, unless the past is asked for."""
    memory = space("The capital of Ruritania is Strelsau.", "The capital of Ruritania is Zenda.", "Zenda has a castle.")
    stage = BOTH >> score.evidence()

    assert "Strelsau" in memory.told(stage, "What is the capital of Ruritania?")[0]
    assert "Zenda" in memory.told(stage >> prefer_latest(), "What is the capital of Ruritania?")[0]
    past = "What was at first the capital of Ruritania?"
    assert memory.told(stage, past) == memory.told(stage >> prefer_latest(), past)


def test_a_newer_statement_about_something_else_does_not_push_ahead(space):
    """The same sentence about another country is no news about this one."""
    memory = space("The capital of Ruritania is Strelsau.", "The capital of Syldavia is Klow.")
    told = memory.told(BOTH >> score.evidence() >> prefer_latest(), "What is the capital of Ruritania?")

    assert "Strelsau" in told[0]


def test_a_turn_with_the_name_that_is_asked_for_is_marked(space):
    """A turn that holds the question's capitalised name is marked, one that holds its other words is not."""
    memory = space("Oslo is cold.", "A ferry is slow.", "Bread is good.", "Ferry tickets, ferry times, ferry food.")
    stage = find.words() >> score.complete()
    asked = "Does the ferry go from Oslo?"
    ctx = memory.ctx()
    cue = Cue(asked, memory.memory.clock())
    hits, told = score.measured(cue, stage(cue, Hits(ctx.store), ctx), ctx)
    named = {item.text: float(value) for item, value in zip(hits.items, told["named"], strict=True)}

    assert 1.0 == named["Oslo is cold."]
    assert 0.0 == named["A ferry is slow."]


def test_a_correction_in_other_words_comes_before_what_it_corrects(space):
    """The newer value of the same slot stands first, however it is put; another slot's does not."""
    stage = BOTH >> score.evidence()
    corrected = space("My gym is Iron Yard.", "I was wrong earlier: my gym is Pulse House now.", "Rain again.")
    other = space("My gym is Iron Yard.", "Things changed for my gym bag: my dentist is Doctor Brandt now.")

    assert "Iron Yard" in corrected.told(stage, "What is my gym?")[0]
    assert "Pulse House" in corrected.told(stage >> prefer_latest(), "What is my gym?")[0]
    assert "Iron Yard" in other.told(stage >> prefer_latest(), "What is my gym?")[0]


def test_what_the_assistant_said_is_found_in_its_own_mouth(space):
    """ "What did you suggest" wants the answer, not the question before it; "would you suggest" wants nothing old."""
    memory = space(
        {"who": "user", "text": "Any idea for growing basil indoors?"},
        {"who": "assistant", "text": "For growing basil indoors I would suggest pinching the tips."},
    )
    stage = BOTH >> score.evidence()

    assert "pinching" in memory.told(stage, "What did you suggest to me for growing basil indoors?")[0]
    assert "Any idea" in memory.told(stage, "What would you suggest to me for growing basil indoors?")[0]


@pytest.mark.parametrize("day", ["May 11, 2226", "11 May 2226", "the 11th of May 2226"])
def test_a_day_with_its_year_is_an_identifier_of_a_document(space, day):
    """The logit of the passage about that day gains the weight; that about the day after stays where it is."""
    memory = space(
        {"text": f"The harbour was shut on {day.removeprefix('the ')}, which surprised many who lived there."},
        {"text": "It was May 12, 2226 when the harbour was shut."},
        {"text": "Nothing else was shut."},
    )
    asked = f"Was the harbour shut when they came on {day}?"
    without = score.DOCUMENTS.with_(identifier=0.0)

    told = [memory.run(BOTH >> score.evidence(documents=by), asked) for by in (score.DOCUMENTS, without)]

    sure, unsure = ({hit.text[:3]: np.log(hit.score / (1 - hit.score)) for hit in hits} for hits in told)
    assert round(sure["The"] - unsure["The"], 3) == score.DOCUMENTS.weights["identifier"]
    assert sure["It "] == unsure["It "]


def test_an_identifier_is_found_before_what_else_the_words_say(space):
    """A ticket's number counts more than the words around it; without the measure another ticket comes first."""
    memory = space(
        "ORB-12: assignee set to Kofi.", "ORB-3 is assigned to Hana from today.", "Who is assigned? Ask Hana."
    )
    without = score.DOCUMENTS.with_(identifier=0.0)
    asked = "Who is ORB-12 assigned to from today?"

    assert "ORB-12" in memory.told(BOTH >> score.evidence(), asked)[0]
    assert "ORB-3 " in memory.told(BOTH >> score.evidence(documents=without), asked)[0]
