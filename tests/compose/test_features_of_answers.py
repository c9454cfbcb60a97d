"""What speaks for a piece of a sentence as an answer, counted by hand, and which pieces are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remanence.compose import answer_extraction as extraction
from remanence.compose.answer import FITTED, closest
from remanence.compose.answer_extraction import Candidate, CandidateSentence, candidate_sentences, candidates, choose
from remanence.language.dates import find as find_dates
from remanence.language.sentences import clause_round, sentence_at
from remanence.stage.question import cue_vector
from remanence.types import Hits, Item, Where

SAILED = "We sailed to Norway because of the wind."
TALK = (
    {"who": "Ben", "text": "Where did you sail last summer?", "at": "2024-05-10"},
    {"who": "Ada", "text": f"{SAILED} It was cold, wet and long. Thanks!", "at": "2024-05-11"},
    {"who": "Ben", "text": "My sister Ines has 3 boats.", "at": "2024-05-12"},
    {"who": "Ada", "text": "Look.", "at": "2024-05-13", "data": {"caption": "a photo of a red boat in Bergen"}},
)


@pytest.fixture
def sailing(space):
    return space(*({**turn, "session": "s"} for turn in TALK))


def read(memory, text, scores=(0.8, 0.6, 0.4, 0.2)):
    """(cue, hits best first in the order of `TALK` from Ada's turn on, what is asked, the sentences)."""
    ctx, cue = memory.ctx(), memory.cue(text)
    rows = ctx.store.rows(Where()).tolist()
    hits = Hits(ctx.store, [rows[1], rows[2], rows[3], rows[0]][: len(scores)], scores)
    asked = extraction.asked_of(cue, ctx)
    return cue, hits, ctx, asked, candidate_sentences(cue, hits, ctx, asked)


def test_what_speaks_for_a_sentence_by_hand(sailing):
    """Its hit's score and rank, its words and those before it, its nearness, who speaks, and what it follows."""
    cue, _, ctx, asked, said = read(sailing, "Where did Ada sail last summer?")
    assert [(0, "We sailed to Norway because of the wind."), (0, "It was cold, wet and long."), (0, "Thanks!")] == [
        (one.hit, one.text) for one in said[:3]
    ]
    sail = asked.weights["sail"]
    question = sum(asked.weights.values())
    near = [max(0.0, float(ctx.embed([one.text])[0] @ cue_vector(cue, ctx))) for one in said[:4]]

    first = {
        "turn score": 0.8, "turn share": 1.0, "first turn": 1.0, "turn rank": 1.0, "turn coverage": sail,
        "named speaks": 1.0, "coverage": sail, "led up to": 0.0, "short": 0.0, "asked before": question,
        "near": near[0], "question": 0.0, "caption": 0.0, "opening": 1.0, "right person": 1.0,
    }  # fmt: skip
    assert {**first, "short": float(len(set(ctx.store.terms(said[0].text))) <= 3)} == pytest.approx(
        dict(said[0].features), abs=1e-5
    )
    second = said[1].features
    assert (0.0, sail, 0.0, 0.0) == pytest.approx(
        (second["coverage"], second["led up to"], second["asked before"], second["opening"])
    )
    other = said[3].features
    assert (0.6, 0.75, 0.0, 0.5, 0.0, 0.0) == pytest.approx(
        tuple(
            other[name]
            for name in ("turn score", "turn share", "first turn", "turn rank", "named speaks", "right person")
        )
    )
    assert [near[1], near[3]] == pytest.approx([second["near"], other["near"]], abs=1e-5)
    assert 1.0 == said[2].features["short"]
    asks = said[-1]
    assert (1.0, question, 0.25) == pytest.approx(
        (asks.features["question"], asks.features["coverage"], asks.features["turn rank"])
    )


def test_what_a_picture_shows_is_told_without_the_words_for_a_picture(sailing):
    """A caption is no part of the text, is led up to by nothing, and stands for what it shows."""
    *_, said = read(sailing, "What colour is the boat?")
    (shown,) = [one for one in said if one.shown]

    assert "red boat in Bergen" == shown.text
    assert (1.0, 0.0, 0.0) == tuple(shown.features[name] for name in ("caption", "led up to", "opening"))
    assert shown.features["turn coverage"] == 0.0 < shown.features["coverage"]


def test_only_the_best_hits_are_read(sailing):
    """`turns` of one, and no hits at all."""
    cue, hits, ctx, asked, _ = read(sailing, "boats")

    assert {0} == {one.hit for one in candidate_sentences(cue, hits, ctx, asked, turns=1)}
    assert [] == candidate_sentences(cue, Hits(ctx.store), ctx, asked)
    assert [] == candidates(cue, hits, ctx, asked, [], FITTED)


def piece(sailing, question, text):
    cue, hits, ctx, asked, said = read(sailing, question)
    found = candidates(cue, hits, ctx, asked, said, FITTED)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    (one,) = [one for one in found if one.text == text]
    return one.features, said[one.said], asked


def shape(features):
    return {name.removeprefix("is:") for name, value in features.items() if name.startswith("is:") and value}


def test_a_place_after_to_is_a_name_of_one_word(sailing):
    """ "Norway" in "We sailed to Norway because of the wind.": nothing of the question, and near its word."""
    features, said, asked = piece(sailing, "Where did Ada sail last summer?", "Norway")

    assert {"one", "name", "after to", "in a place", "said", "capital", "close", "after", "new"} <= shape(features)
    assert not {"whole", "starts", "ends", "comma", "ing", "echo", "quoted", "number", "says I"} & shape(features)
    bearing = max(asked.weights["sail"], sum(asked.weights.values())) + 0.5 * said.features["near"]
    assert bearing == pytest.approx(features["is:name"]) == pytest.approx(features["is:capital"])
    start, spot = said.text.index("Norway"), said.text.index("sailed")
    assert 1 / (1 + (start - spot) / 12) == pytest.approx(features["is:close"])
    assert 0.25 == features["is:new"]
    assert features["where coverage"] == said.features["coverage"]
    assert features["where:one"] == 1.0
    assert features["coverage and near"] == pytest.approx(said.features["coverage"] * features["is:close"])
    assert features["answers the question"] == pytest.approx(said.features["asked before"])


def test_a_whole_sentence_starts_and_ends_and_holds_the_words_of_the_question(sailing):
    """Its share of the question's words among its own, and nothing between it and them."""
    text = "We sailed to Norway because of the wind."
    features, _, _ = piece(sailing, "Where did Ada sail last summer?", text)

    assert {"whole", "starts", "ends", "many", "says I", "echo"} <= shape(features)
    assert not {"comma", "after", "talk", "one", "purpose", "capital"} & shape(features)
    assert 0 < features["is:echo"] < 0.6
    assert 1 / (1 + 200 / 12) == pytest.approx(features["is:close"])
    assert 3 / 8 == pytest.approx(features["is:said"])


def test_a_number_fits_a_question_for_one_and_counts_the_noun_that_is_asked_for(sailing):
    """ "3" in "Ines has 3 boats": fits "how many", and for "which boats" it stands before the noun."""
    features, _, _ = piece(sailing, "How many boats does Ines have?", "3")

    assert {"number", "fits", "one"} <= shape(features)
    assert 1.0 == features["count:fits"]
    sister, _, _ = piece(sailing, "How many boats does Ines have?", "Ines")
    assert not {"fits", "counted", "number"} & shape(sister)
    which, _, _ = piece(sailing, "Which boats does Ines have?", "3")
    assert (1.0, 0.0) == (which["is:counted"], which["is:fits"])
    boats, _, _ = piece(sailing, "Which boats does Ines have?", "3 boats")
    assert (0.0, 1.0) == (boats["is:counted"], boats["is:has the noun"])


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "one"), (2, "two"), (3, "three"), (4, "some"), (6, "some"), (7, "many"), (10, "many"), (11, "long")],
)
def test_a_piece_is_as_long_as_it_has_words(space, count, name):
    """One to three each, some up to six, many up to ten, long beyond."""
    text = " ".join(["harbour", *(f"lantern{chr(97 + n)}" for n in range(count - 1))])
    memory = space({"who": "Ada", "text": text})
    ctx, cue = memory.ctx(), memory.cue("harbour what?")
    hits = Hits(ctx.store, [0], [0.9])
    asked = extraction.asked_of(cue, ctx)
    found = candidates(cue, hits, ctx, asked, candidate_sentences(cue, hits, ctx, asked), FITTED)

    whole = next(one for one in found if one.text == text)
    assert {name} == {"one", "two", "three", "some", "many", "long"} & shape(whole.features)
    assert min(count - 1, 4) / 4 == whole.features["is:new"]


def test_a_piece_before_a_word_of_the_question_is_as_near_as_the_gap(sailing):
    """From its end to where the word begins."""
    features, said, _ = piece(sailing, "Who has boats?", "Ines")
    gap = said.text.index("boats") - said.text.index("Ines") - len("Ines")

    assert 1 / (1 + gap / 12) == pytest.approx(features["is:close"])
    assert 0.0 == features["is:after"]


def test_a_reason_begins_with_its_word(sailing):
    """ "because of the wind" is a purpose, "the wind" stands after one."""
    cue, hits, ctx, asked, said = read(sailing, "Why did Ada sail to Norway?")
    found = {one.text: one for one in candidates(cue, hits, ctx, asked, said, FITTED)}

    reason = next(one for text, one in found.items() if text.startswith("because"))
    assert 1.0 == reason.features["is:purpose"] == reason.features["why:purpose"]
    assert 0.0 == found["wind"].features["is:purpose"]


def test_a_list_has_commas_and_small_talk_is_talk(sailing):
    """Both count on the face of a piece."""
    cue, hits, ctx, asked, said = read(sailing, "What was it like to sail?")
    found = {one.text: one.features for one in candidates(cue, hits, ctx, asked, said, FITTED)}

    assert 1.0 == found["It was cold, wet and long."]["is:comma"]
    assert 1.0 == found["Thanks!"]["is:talk"]
    assert 0.0 == found["It was cold, wet and long."]["is:talk"]


@pytest.mark.parametrize(
    ("question", "answers"),
    [("What left at noon?", False), ("Who is Ben with?", False), ("Who told Ada of the ferry?", True)],
)
def test_what_somebody_is_called_by_answers_only_who_of_another(space, question, answers):
    """ "Ben" in Ada's mouth is an answer only to who, where the question does not name him already."""
    memory = space({"who": "Ada", "text": "(Ben) the ferry left at noon."}, {"who": "Ben", "text": "It is blue."})
    ctx, cue = memory.ctx(), memory.cue(question)
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.5])
    asked = extraction.asked_of(cue, ctx)
    said = candidate_sentences(cue, hits, ctx, asked)

    assert answers == ("Ben" in {one.text for one in candidates(cue, hits, ctx, asked, said, FITTED)})


def test_pieces_of_the_most_promising_sentences_come_first(sailing):
    """Turn, words, nearness, what was asked before and who speaks, less for questions and pictures; 1 / (1 + place)."""
    cue, hits, ctx, asked, said = read(
        sailing, "Where did Ada sail, and which boat is red?", scores=(0.5, 0.45, 0.4, 0.35)
    )

    def promise(one):
        s = one.features
        good = (
            s["turn share"] + 0.8 * s["coverage"] + 0.4 * s["near"] + 0.5 * s["asked before"] + 0.3 * s["right person"]
        )
        return good - 0.6 * s["question"] - 0.2 * s["caption"]

    order = sorted(range(len(said)), key=lambda place: -promise(said[place]))
    found = candidates(cue, hits, ctx, asked, said, FITTED)

    assert len(said) == len({one.said for one in found})
    for one in found:
        assert 1 / (1 + order.index(one.said)) == one.features["promising"]


def test_only_so_many_sentences_are_read_for_pieces(space):
    """The fourteen most promising."""
    memory = space(
        *({"who": "Ada", "text": " ".join(f"Boat {chr(97 + n)}{k}x is red." for k in range(5))} for n in range(4))
    )
    ctx, cue = memory.ctx(), memory.cue("Which boat is red?")
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.8, 0.7, 0.6])
    asked = extraction.asked_of(cue, ctx)
    said = candidate_sentences(cue, hits, ctx, asked)

    assert 20 == len(said)
    assert 14 == len({one.said for one in candidates(cue, hits, ctx, asked, said, FITTED)})


@pytest.mark.parametrize(("text", "whole"), [("Boats!!", True), ("Boats!!!", False)])
def test_a_piece_is_the_whole_of_its_sentence_but_for_two_marks(space, text, whole):
    """Three are more."""
    memory = space({"who": "Ada", "text": text})
    ctx, cue = memory.ctx(), memory.cue("What floats?")
    hits = Hits(ctx.store, [0], [0.9])
    asked = extraction.asked_of(cue, ctx)
    found = candidates(cue, hits, ctx, asked, candidate_sentences(cue, hits, ctx, asked), FITTED)

    assert whole == bool(next(one for one in found if one.text == "Boats").features["is:whole"])


def test_a_question_without_a_word_asks_for_nothing(sailing):
    """No terms, no weights."""
    assert {} == dict(extraction.asked_of(sailing.cue("?!"), sailing.ctx()).weights)


# --- times as answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "grain", "told"),
    [
        ("yesterday", "", "10 May 2024"),
        ("last Friday", "", "Friday 10 May 2024"),
        ("since 2016", "", "since 2016"),
        ("on 3 March 2023 at 5 pm", "", "3 March 2023"),
        ("on 3 March 2023 at 5 pm", "time", "5:00 pm on 3 March 2023"),
        ("on 3 March 2023", "month", "March 2023"),
        ("on 3 March 2023", "year", "2023"),
        ("in 2023", "month", "2023"),
        ("in December 2022", "month", "December 2022"),
    ],
)
def test_a_time_is_told_in_the_grain_that_is_asked_for(text, grain, told):
    """Absolutely, with a weekday that was named, and no finer than a day unless a time is asked for."""
    at = datetime(2024, 5, 11, tzinfo=UTC)
    (found,) = find_dates(text, at)

    assert told == extraction.dated(found, Item("turn", text, at=at), grain)


def test_every_time_in_the_hits_and_the_time_of_the_talk_is_a_candidate(space):
    """With what speaks for each: certain, a day, relative, long ago, alone, to come."""
    memory = space(
        {"who": "Ada", "text": "We met on 3 March 2019. The party is tomorrow.", "at": "2024-05-11"},
        {"who": "Ada", "text": "The party was nice.", "at": "2024-05-13"},
    )
    ctx, cue = memory.ctx(), memory.cue("When was the party?")
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.5])
    asked = extraction.asked_of(cue, ctx)
    said = candidate_sentences(cue, hits, ctx, asked)
    assert "date" == asked.expected.form

    found = {one.text: one for one in candidates(cue, hits, ctx, asked, said, FITTED)}

    names = ("certain", "day", "relative", "long ago", "alone", "future", "day of the talk", "talk names none")
    told = {text: {name for name in names if one.features.get(f"date:{name}")} for text, one in found.items()}
    assert {
        "3 March 2019": {"certain", "day", "long ago"},
        "12 May 2024": {"certain", "day", "relative", "future"},
        "11 May 2024": {"day of the talk"},
        "13 May 2024": {"day of the talk", "talk names none"},
    } == told
    places = {text: said[one.said].text for text, one in found.items()}
    assert "We met on 3 March 2019." == places["3 March 2019"]
    assert "The party is tomorrow." == places["12 May 2024"] == places["11 May 2024"]
    assert {"talk", "date"} == {one.sort for one in found.values()}


# --- what is told ----------------------------------------------------------------------------------

PLAIN = dict.fromkeys(
    ("coverage", "led up to", "asked before", "turn coverage", "near", "question", "turn share", "right person"), 0.0
)


def sentence(**features):
    return CandidateSentence(0, 0, "x", {**PLAIN, **features})


def test_the_best_is_told_alone_and_of_a_list_what_says_something_else():
    """Not what repeats a word, is too long, falls too far behind, or comes after `most`."""
    said = [sentence(coverage=1.0)]
    found = [
        Candidate("red boats", 0, "phrase", score=5.0),
        Candidate("blue boats", 0, "phrase", score=4.9),
        Candidate("a b c d e f g h i j k", 0, "phrase", score=4.8),
        Candidate("the", 0, "phrase", score=4.7),
        Candidate("cats", 0, "phrase", score=3.5),
        Candidate("dogs", 0, "phrase", score=3.4),
    ]
    long = replace(found[2], text="one1 two2 three3 four4 five5 six6 seven7 eight8 nine9")

    assert ["red boats"] == [one.text for one in choose(found, said, False)]
    assert ["red boats", "cats"] == [one.text for one in choose([*found[:2], long, *found[3:]], said, True)]
    assert ["red boats"] == [one.text for one in choose(found, said, True, most=1)]
    assert ["red boats", "cats", "dogs"] == [one.text for one in choose([found[0], *found[4:]], said, True, within=2)]
    eight = replace(long, text="one1 two2 three3 four4 five5 six6 seven7 eight8")
    assert 2 == len(choose([found[0], eight], said, True))
    assert [] == choose([], said, True)


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ({"coverage": 0.25}, True),
        ({"coverage": 0.24}, False),
        ({"led up to": 0.25}, True),
        ({"asked before": 0.25}, True),
        ({"turn coverage": 0.36}, True),
        ({"turn coverage": 0.35}, False),
        ({"near": 0.5}, True),
        ({"near": 0.49}, False),
        ({"coverage": 0.1, "near": 0.3}, True),
    ],
)
def test_a_piece_of_a_sentence_without_bearing_is_no_answer(features, told):
    """A quarter of the question, or as much nearness; a date needs none."""
    said = [sentence(**features)]

    assert told == bool(choose([Candidate("x", 0, "phrase")], said, False))
    assert choose([Candidate("x", 0, "date")], said, False)
    assert choose([Candidate("x", 0, "talk")], said, False)


def test_the_closest_sentence_says_most_in_the_right_mouth_and_does_not_ask():
    """Each part of the sum moves it."""
    base = {"coverage": 0.5, "turn share": 0.5, "near": 0.5, "right person": 0.5, "question": 0.5}
    for name, sign in (("coverage", 1), ("turn share", 1), ("near", 1), ("right person", 1), ("question", -1)):
        more, less = sentence(**{**base, name: 0.9}), sentence(**{**base, name: 0.1})
        assert (more if sign > 0 else less) is closest([less, more]) is closest([more, less])
    shown = replace(sentence(**base), shown=True)
    assert not closest([shown, sentence(**base)]).shown
    half = sentence(**{**base, "turn share": 0.9})
    assert closest([half, sentence(**{**base, "coverage": 0.75})]).features["coverage"] == 0.75
    assert closest([half, sentence(**{**base, "coverage": 0.65})]) is half
    assert closest([half, sentence(**{**base, "near": 0.95})]) is half
    assert closest([half, sentence(**{**base, "right person": 1.1})]) is half


def test_the_sentence_round_a_place_is_cut_from_a_long_text_only():
    """160 characters are quoted whole."""
    short = "One is here. " * 12 + "Two."
    long = "One is here. " * 12 + "Two is long."

    assert short == sentence_at(short, 5)
    assert "Two is long." == sentence_at(long, 156)
    assert "One is here." == sentence_at(long, 13)
    assert long[:160] == sentence_at(long, 9_999)


@pytest.mark.parametrize(
    ("span", "clause"),
    [
        ("75", "the fee is 75 a year on new ones"),
        ("60", "60 stays on the old"),
        ("so", "the fee is 75 a year on new ones, 60 stays on the old, so there"),
        ("", "the fee is 75 a year on new ones, 60 stays on the old, so there"),
        ("a year on new ones, 60", "the fee is 75 a year on new ones, 60 stays on the old"),
    ],
)
def test_a_quote_is_the_clause_round_the_span(span: str, clause: str) -> None:
    """What stands beside a seam is no part of it; a clause of two words is told with its sentence."""
    sentence = "the fee is 75 a year on new ones, 60 stays on the old, so there"
    assert clause_round(sentence, span) == clause


def test_a_number_that_counts_something_else_does_not_count_the_noun(sailing):
    """ "3" stands before the boats, and it is the sister that is asked for."""
    sister, _, _ = piece(sailing, "Which sister has boats?", "3")

    assert 0.0 == sister["is:counted"]


def test_a_long_piece_answers_the_question_before_it_only_from_its_beginning(sailing):
    """The whole sentence, and up to three words of it, wherever they stand."""
    whole, said, _ = piece(sailing, "Where did Ada sail last summer?", SAILED)
    late, _, _ = piece(sailing, "Where did Ada sail last summer?", "because of the wind")

    assert whole["answers the question"] == said.features["asked before"] > 0
    assert 0.0 == late["answers the question"]


def test_every_piece_of_a_sentence_is_weighed_once(sailing):
    """In whatever case of letters, however many ways lead to it."""
    cue, hits, ctx, asked, said = read(sailing, "Where did Ada sail last summer?")
    found = [(one.said, one.text.lower()) for one in candidates(cue, hits, ctx, asked, said, FITTED)]

    assert len(found) == len(set(found))
