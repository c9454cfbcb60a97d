"""Loaders read what their publishers write, and say what does not add up; small made-up files of the same form."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from remanence.arena.catalogue import find_task
from remanence.arena.core.cell import load
from remanence.arena.report.compare import tables
from remanence.arena.run import Plan, run
from remanence.arena.tasks.locomo import turn_ids
from remanence.arena.tasks.locomo_plus import gap
from remanence.errors import Skipped


def put(folder, name, value):
    """A file: text as it is, rows as JSONL where its name ends so, all else as JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(map(json.dumps, value)) if name.endswith("l") else ""
    path.write_text(value if isinstance(value, str) else rows or json.dumps(value))


@pytest.mark.parametrize(
    ("cited", "turns"),
    [
        (["D12:3-D12:5"], ["D12:3", "D12:4", "D12:5"]),
        (["D12:3-5"], ["D12:3", "D12:4", "D12:5"]),
        (["D1:2; D3:4"], ["D1:2", "D3:4"]),
        (["D1:9-D2:1"], ["D1:9", "D2:1"]),
        ("D:11:26", ["D11:26"]),
        ([], []),
    ],
)
def test_a_citation_of_turns_is_read_with_its_ranges(cited, turns):
    """Both ends and all between; over the end of a session only the ends are sure."""
    assert turns == turn_ids(cited)


def chat(evidence):
    said = [{"clean_text": f"word {n}", "speaker": "Ann", "dia_id": f"D1:{n}"} for n in range(1, 6)]
    asked = [{"question": f"What {n}?", "answer": f"word {n}", "evidence": one, "category": 1} for n, one in evidence]
    return {"session_1": said, "session_1_date_time": "29.12.2023, 14:05:00", "qa": asked}


def test_evidence_that_names_no_turn_is_counted_and_shown(tmp_path):
    """In the question, in the run's file and under the table."""
    put(tmp_path, "realtalk/Chat_1.json", chat([(1, ["D1:2-D1:4"]), (2, ["D1:1", "D7:7"]), (3, ["D9:9"])]))

    (pool,) = find_task("realtalk").pools(tmp_path)
    list(run(Plan(("realtalk",), ("bm25",), tmp_path / "runs", tmp_path, "hashing")))
    (table,) = tables(load(tmp_path / "runs"))

    assert ("Chat_1/D1:2", "Chat_1/D1:3", "Chat_1/D1:4") == pool.questions[0].evidence
    assert [0, 1, 1] == [question.lost for question in pool.questions]
    assert ["2 questions name evidence that the data does not hold (2 pieces)"] == table.notes


def person(folder, evidence, **more):
    home = "lifebench/li"
    event = {"phone_id": 282, "title": "Dentist", "start_time": "2025-03-01 10:00:00"}
    message = {"phone_id": 282, "contactName": "Bo", "content": "See you at ten", "datetime": "2025-02-28 09:00:00"}
    row = {"question": "(2025-05-01) When was the dentist?", "answer": "March", "question_type": "single"}
    put(folder, f"{home}/phone_data/calendar.json", [event])
    put(folder, f"{home}/phone_data/sms.json", [message])
    put(folder, f"{home}/phone_data/fitness_health.json", [{"日期": "2025-02-27", "步数": 9000}])
    put(folder, f"{home}/QA/QA_clean.json", [row | {"ask_time": "2025-05-01", "evidence": evidence} | more])


def test_lifebench_reads_a_folder_of_phone_records(tmp_path):
    """An id is unique in its type only; records without one are there; everything in the order of its time."""
    person(tmp_path, [{"type": "calendar", "id": 282}, {"type": "note", "id": 5}])

    (pool,) = find_task("lifebench").pools(tmp_path)

    assert ["fitness_health/n0", "sms/282", "calendar/282"] == [record.source for record in pool.records]
    assert ("calendar/282",) == pool.questions[0].evidence
    assert 1 == pool.questions[0].lost
    assert "When was the dentist?" == pool.questions[0].text
    assert "9000" in pool.records[0].text
    assert "Bo" == pool.records[1].who


def test_lifebench_options_become_choices(tmp_path):
    """The answer is a letter, and its text what counts as right."""
    person(tmp_path, [], options=["A. March", "B. May"], answer="B")

    (question,) = next(iter(find_task("lifebench").pools(tmp_path))).questions

    assert (("March", "May"), 1, ("May",)) == (question.choices, question.correct, question.answers)


def test_lifebench_reads_its_export_under_the_other_name(tmp_path):
    """`our_en.json` is the same form."""
    talk = {"session_1": [{"speaker": "me", "dia_id": "2025-01-15_call3", "text": "called Bo"}]}
    asked = [{"question": "Who?", "answer": "Bo", "evidence": ["2025-01-15_call3", "gone"]}]
    put(tmp_path, "lifebench/locomo_format/our_en.json", [{"sample_id": "li", "conversation": talk, "qa": asked}])

    (pool,) = find_task("lifebench").pools(tmp_path)

    assert (("li/2025-01-15_call3",), 1) == (pool.questions[0].evidence, pool.questions[0].lost)


EXCERPTS = "book_idx,excerpt_idx,excerpt_text\n"
SEGMENTS = "book_idx,excerpt_idx,segment_idx,segment_1,segment_2,seg1_pos,seg2_pos,distance_bin,present_seg1_first\n"


def test_booksort_joins_segments_to_excerpts_of_their_own_length(tmp_path):
    """The same numbers in a file of another length name another text."""
    pairs = "1,0,0,One two.,Five six.,0,4,4,1\n1,0,1,Not there.,Five six.,0,4,4,1\n"
    put(tmp_path, "booksort/excerpts_9-a.csv", EXCERPTS + "1,0,One two. Three four. Five six. x y z\n")
    put(tmp_path, "booksort/excerpts_5-a.csv", EXCERPTS + "1,0,Other words stand in here.\n")
    put(tmp_path, "booksort/segments_9-s2-n2.csv", SEGMENTS + pairs)

    (pool,) = find_task("booksort").pools(tmp_path)

    assert [("One two.", "Five six.")] == [question.choices for question in pool.questions]
    assert 1 == pool.data["left_out"]


def test_booksort_cuts_an_excerpt_out_of_its_book(tmp_path):
    """By the position of a segment, when only the books are there; nothing to join is said."""
    put(tmp_path, "booksort/books/one.txt", "a b c d e f g h i j k l")
    put(tmp_path, "booksort/segments_6-s2-n1.csv", SEGMENTS + "1,0,0,e f,g h,2,4,1,0\n")

    (pool,) = find_task("booksort").pools(tmp_path)
    put(tmp_path, "booksort/books/one.txt", "nothing of it")

    assert "c d e f g h" == " ".join(record.text for record in pool.records)
    assert (("g h", "e f"), 1) == (pool.questions[0].choices, pool.questions[0].correct)
    with pytest.raises(Skipped, match="no excerpt of 6 words"):
        list(find_task("booksort").pools(tmp_path))


def test_migres_pools_the_paragraphs_of_all_questions(tmp_path):
    """Each text once; a supporting title that is in no context is counted."""
    rome, oslo = ["Rome", ["Rome is old. ", "It is big."]], ["Oslo", ["Oslo is cold."]]
    first = {"_id": "a", "question": "Old?", "answer": "Rome", "type": "bridge", "supporting_facts": [["Rome", 0]]}
    second = {"_id": "b", "question": "Cold?", "answer": "Oslo", "supporting_facts": [["Oslo", 0], ["Bern", 0]]}
    put(tmp_path, "migres/hotpot.jsonl", [first | {"context": [rome, oslo]}, second | {"context": [oslo]}])

    (pool,) = find_task("migres").pools(tmp_path)

    assert ["Rome\nRome is old. It is big.", "Oslo\nOslo is cold."] == [record.text for record in pool.records]
    assert [(("p0",), 0), (("p1",), 1)] == [(question.evidence, question.lost) for question in pool.questions]


def test_memdaily_reads_messages_and_choices(tmp_path):
    """The ids of the target steps are the evidence, one of them unknown."""
    asked = {"qid": 0, "question": "表弟叫什么", "answer": "王伟", "target_step_id": [0, 9], "ground_truth": "B"}
    told = {"mid": 0, "message": "我的表弟叫王伟", "time": "2024-06-01 08:00", "place": "上海"}
    choices = {"choices": {"A": "李明", "B": "王伟"}, "time": "2024-06-02 08:00"}
    one = {"tid": 4, "message_list": [told], "question_list": [asked | choices]}
    put(tmp_path, "memdaily/simple_roles.json", {"roles": [one]})

    (pool,) = find_task("memdaily").pools(tmp_path)

    (question,) = pool.questions
    assert (("m0",), 1, 1, "simple") == (question.evidence, question.lost, question.correct, question.category)


def test_vehiclemembench_finds_the_lines_of_the_gold_memory(tmp_path):
    """A line that the history holds word for word is evidence, another is counted."""
    talk = (
        "[2025-03-01 08:15] Gary: Set the seat heating to two, please.\n"
        "[2025-03-01 08:16] Ida: I like it at 19 degrees.\nAlways.\n"
    )
    gold = "Gary: Set the seat heating to two, please.\nHe hates wind."
    row = {"gold_memory": gold, "reasoning_type": "single", "query": "Make it warm", "new_answer": []}
    put(tmp_path, "vehiclemembench/history/history_3.txt", talk)
    put(tmp_path, "vehiclemembench/qa_data/qa_3.json", {"related_to_vehicle_preference": [row]})

    (pool,) = find_task("vehiclemembench").pools(tmp_path)

    assert [("Gary", "08:15"), ("Ida", "08:16")] == [(one.who, f"{one.at:%H:%M}") for one in pool.records]
    assert "I like it at 19 degrees. Always." == pool.records[1].text
    assert (("t0",), 1) == (pool.questions[0].evidence, pool.questions[0].lost)


def test_locomo_plus_puts_the_cue_before_its_trigger(tmp_path):
    """Two weeks before the question, spoken by the people of the conversation."""
    said = [{"speaker": who, "dia_id": f"D1:{n}", "text": "Hi"} for n, who in enumerate(("Ann", "Bo"), 1)]
    held = {"session_1_date_time": "1:00 pm on 8 May, 2023", "session_1": said}
    row = {
        "relation_type": "causal",
        "cue_dialogue": "A: I cannot sleep before exams.\nB: Oh no.",
        "time_gap": "two weeks later",
        "trigger_query": "A: Which course should I take?",
    }
    put(tmp_path, "locomo/locomo10.json", [{"sample_id": "conv-1", "conversation": held, "qa": []}])
    put(tmp_path, "locomo_plus/plus.json", [row])

    (pool,) = find_task("locomo-plus").pools(tmp_path)

    (question,) = pool.questions
    cue = [record for record in pool.records if record.source in question.evidence]
    assert [("Ann", "I cannot sleep before exams."), ("Bo", "Oh no.")] == [(one.who, one.text) for one in cue]
    assert timedelta(days=14) == question.at - cue[0].at
    assert "Which course should I take?" == question.text


@pytest.mark.parametrize(("text", "days"), [("a month later", 30), ("10 days", 10), ("", 7), ("three years", 1095)])
def test_a_gap_is_read_in_words_and_numbers(text, days):
    """A week where none is named."""
    assert timedelta(days=days) == gap(text)
