"""The conversation and the questions that ship with `remanence demo`: complete, dated and answerable."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import TypedDict

import pytest

KINDS_WANTED = {
    "single": 10,
    "multi": 6,
    "temporal": 7,
    "changed": 5,
    "preference": 4,
    "plan": 3,
    "assistant": 2,
    "unanswerable": 3,
}
DATA = files("remanence.serve.cli") / "data"


class Message(TypedDict):
    """One line of demo.jsonl."""

    source: str
    session: str
    who: str
    role: str
    text: str
    at: str


class Question(TypedDict):
    """One entry of demo_questions.json."""

    id: str
    question: str
    answer: str
    evidence: list[str]
    kind: str
    as_of: str | None


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """Every message, in the order of the file."""
    lines = (DATA / "demo.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Every question, in the order of the file."""
    text = (DATA / "demo_questions.json").read_text(encoding="utf-8")
    loaded: list[Question] = json.loads(text)["questions"]
    return loaded


def chat_of(source: str) -> int:
    """The chat number inside a source such as demo/D3:7."""
    return int(source.removeprefix("demo/D").split(":")[0])


def words_of(text: str) -> list[str]:
    """Lower-case words of a text; clock times such as 2:07:41 stay whole."""
    return re.findall(r"[a-zé]+|\d+(?::\d+)*", text.lower())


def test_the_demo_has_fifteen_chats_and_about_250_turns(messages: list[Message]) -> None:
    """The size that the manual promises."""
    chats = {message["session"] for message in messages}

    assert {f"demo-{n:02d}" for n in range(1, 16)} == chats
    assert 240 <= len(messages) <= 270


def test_sources_count_chats_and_turns_from_one(messages: list[Message]) -> None:
    """Every source is unique, well formed and tells its chat and turn."""
    turns: Counter[str] = Counter()
    expected = []
    for message in messages:
        turns[message["session"]] += 1
        expected.append(f"demo/D{int(message['session'][-2:])}:{turns[message['session']]}")

    got = [message["source"] for message in messages]

    assert expected == got
    assert len(set(got)) == len(got)


def test_two_people_take_turns_in_every_chat(messages: list[Message]) -> None:
    """Mara opens each chat and the two voices alternate."""
    expected = [
        ("Mara", "user") if int(message["source"].split(":")[1]) % 2 else ("Assistant", "assistant")
        for message in messages
    ]

    got = [(message["who"], message["role"]) for message in messages]

    assert expected == got


def test_every_turn_is_a_sentence_or_a_few(messages: list[Message]) -> None:
    """No turn is shorter than 8 words or longer than 60, and no turn is said twice."""
    strange = [m["source"] for m in messages if not 8 <= len(m["text"].split()) <= 60]

    assert strange == []
    assert len(messages) == len({m["text"] for m in messages})


def test_times_carry_an_offset_and_rise_through_the_file(messages: list[Message]) -> None:
    """Within a chat turns come a minute or two apart; chats follow each other over nine months."""
    times = [datetime.fromisoformat(message["at"]) for message in messages]
    gaps = {
        after - before
        for before, after, first, second in zip(times, times[1:], messages, messages[1:])
        if first["session"] == second["session"]
    }

    assert all(time.tzinfo is not None for time in times)
    assert sorted(set(times)) == times
    assert {timedelta(minutes=1), timedelta(minutes=2)} == gaps
    assert ((times[0].year, times[0].month), (times[-1].year, times[-1].month)) == ((2025, 2), (2025, 11))


def test_weekday_and_date_named_together_agree(messages: list[Message]) -> None:
    """A phrase such as "Saturday 6 December" names a day that exists in that year."""
    named = re.compile(
        r"\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day) (\d{1,2} "
        r"(?:January|February|March|April|May|June|July|August|September|October|November|December))\b"
    )
    pairs = [pair for message in messages for pair in named.findall(message["text"])]

    got = [datetime.strptime(f"{day} 2025", "%d %B %Y").strftime("%A") for _, day in pairs]

    assert [weekday for weekday, _ in pairs] == got
    assert len(pairs) >= 2


def test_forty_questions_cover_every_kind(questions: list[Question]) -> None:
    """The mix of kinds is the announced one, and the ids run from q01 to q40."""
    kinds = Counter(question["kind"] for question in questions)

    assert dict(kinds) == KINDS_WANTED
    assert [f"q{n:02d}" for n in range(1, 41)] == [question["id"] for question in questions]
    assert len(questions) == len({question["question"] for question in questions})


def test_every_piece_of_evidence_is_a_turn_of_the_demo(messages: list[Message], questions: list[Question]) -> None:
    """Only what was never said has no evidence; all other evidence resolves."""
    known = {message["source"] for message in messages}

    missing = [source for q in questions for source in q["evidence"] if source not in known]
    bare = {q["kind"] for q in questions if not q["evidence"]}

    assert missing == []
    assert {"unanswerable"} == bare
    assert all(not q["evidence"] for q in questions if q["kind"] == "unanswerable")


def test_a_single_question_rests_on_one_turn_that_holds_its_answer(
    messages: list[Message], questions: list[Question]
) -> None:
    """The words of the answer stand in the turn named as evidence."""
    text = {message["source"]: message["text"] for message in messages}
    filler = {"a", "and", "which", "is", "very", "low"}

    for question in (q for q in questions if q["kind"] == "single"):
        (source,) = question["evidence"]
        unsaid = set(words_of(question["answer"])) - filler - set(words_of(text[source]))
        assert set() == unsaid, question["id"]


def test_a_multi_question_needs_two_or_three_chats(questions: list[Question]) -> None:
    """No single chat suffices for a question of kind multi."""
    spans = [
        len({chat_of(source) for source in question["evidence"]})
        for question in questions
        if question["kind"] == "multi"
    ]

    assert all(2 <= span <= 3 for span in spans)


def test_evidence_comes_from_the_voice_that_the_kind_names(messages: list[Message], questions: list[Question]) -> None:
    """Advice is evidenced by the assistant's turns, everything else by what Mara said."""
    role = {message["source"]: message["role"] for message in messages}

    for question in questions:
        expected = "assistant" if question["kind"] == "assistant" else "user"
        assert all(expected == role[source] for source in question["evidence"]), question["id"]


def test_a_question_about_the_past_rests_on_what_was_known_then(
    messages: list[Message], questions: list[Question]
) -> None:
    """Evidence of an as_of question is not younger than its date; only changed facts are asked so."""
    said = {message["source"]: datetime.fromisoformat(message["at"]).date() for message in messages}
    dated = [(q, date.fromisoformat(q["as_of"])) for q in questions if q["as_of"] is not None]

    assert {"changed"} == {q["kind"] for q, _ in dated}
    assert [q["id"] for q, day in dated for source in q["evidence"] if said[source] > day] == []


def test_no_question_repeats_its_evidence_word_for_word(messages: list[Message], questions: list[Question]) -> None:
    """Questions are paraphrases: no run of five words is shared with the evidence."""
    text = {message["source"]: words_of(message["text"]) for message in messages}

    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    copied = [q["id"] for q in questions for s in q["evidence"] if runs(words_of(q["question"])) & runs(text[s])]

    assert copied == []
