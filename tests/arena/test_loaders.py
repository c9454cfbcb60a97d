"""The official-format loaders, on small hand-written files and, when the data is there, on the real ones."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from remanence.arena.catalogue import find_task
from remanence.arena.core.task import Skipped
from remanence.errors import BadKnob, InvalidInput


@pytest.fixture
def real() -> Path:
    """The folder of downloads."""
    folder = os.environ.get("REMANENCE_DATA")
    if not folder:
        pytest.skip("REMANENCE_DATA is not set: no benchmark downloads here")
    return Path(folder)


def put(folder: Path, name: str, value: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else json.dumps(value)
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


TALK = {
    "sample_id": "conv-1",
    "conversation": {
        "speaker_a": "Ann",
        "speaker_b": "Bob",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Ann", "dia_id": "D1:1", "text": "I bought a red kite."},
            {"speaker": "Bob", "dia_id": "D1:2", "text": "Look!", "blip_caption": "a photo of a lake"},
        ],
        "session_2_date_time": "9:00 am on 9 May, 2023",
        "session_2": [{"speaker": "Ann", "dia_id": "D2:1", "text": "It flew away."}],
    },
    "qa": [
        {"question": "What did Ann buy?", "answer": "a kite", "evidence": ["D1:1; D2:1"], "category": 1},
        {
            "question": "What did Bob buy?",
            "adversarial_answer": "a kite",
            "evidence": ["D1:1"],
            "category": 5,
        },
        {"question": "Faulty?", "answer": "x", "evidence": ["D", "D:2:1", "D9:9"], "category": 4},
    ],
}


def test_locomo_names_its_categories_and_repairs_faulty_ids(tmp_path):
    """1 is multi-hop, 4 single-hop, 5 adversarial; joined ids are split, ids of no turn dropped."""
    put(tmp_path, "locomo/locomo10.json.gz", [TALK])

    (pool,) = find_task("locomo-original").pools(tmp_path)

    first, adversarial, faulty = pool.questions
    assert ("multi-hop", "adversarial", "single-hop") == (
        first.category,
        adversarial.category,
        faulty.category,
    )
    assert ("conv-1/D1:1", "conv-1/D2:1") == first.evidence
    assert ("conv-1/D2:1",) == faulty.evidence
    assert not adversarial.answerable
    assert adversarial.answers == ()


def test_locomo_keeps_captions_speakers_and_times(tmp_path):
    """A turn carries who said it, when, in which session, and its picture's caption."""
    put(tmp_path, "locomo/locomo10.json", [TALK])

    (pool,) = find_task("locomo-original").pools(tmp_path)

    second = pool.records[1]
    assert ("Bob", "conv-1/session_1", "a photo of a lake") == (
        second.who,
        second.session,
        second.data["caption"],
    )
    assert "2023-05-08T13:56:01+00:00" == second.at.isoformat()


def test_the_audited_labels_replace_the_published_ones(tmp_path):
    """Evidence and answer of a corrected question are the correction's."""
    fix = {
        "question_id": "locomo_7_qa0",
        "question": "What did Ann buy?",
        "golden_answer": "a kite",
        "error_type": "AMBIGUOUS",
        "correct_evidence": ["D1:1"],
        "correct_answer": "a red kite",
    }
    put(tmp_path, "locomo/locomo10_part2.json", [TALK])
    put(tmp_path, "locomo/audit_errors.json", [fix])

    (pool,) = find_task("locomo").pools(tmp_path)

    assert (("conv-1/D1:1",), ("a red kite",)) == (pool.questions[0].evidence, pool.questions[0].answers)


def longmemeval_row(**more: object) -> dict:
    return {
        "question_id": "q1",
        "question_type": "multi-session",
        "question": "How many?",
        "answer": 2,
        "question_date": "2023/05/30 (Tue) 18:54",
        "answer_session_ids": ["answer_x"],
        "haystack_session_ids": ["answer_x", "noise"],
        "haystack_dates": ["2023/05/21 (Sun) 10:00", "2023/05/20 (Sat) 02:21"],
        "haystack_sessions": [
            [
                {"role": "user", "content": "I have two.", "has_answer": True},
                {"role": "assistant", "content": "Ok"},
            ],
            [{"role": "user", "content": "Hello"}],
        ],
        **more,
    }


def test_no_longmemeval_source_tells_where_the_answer_is(tmp_path):
    """The file's session ids start with `answer_`, ours are positions in time."""
    put(tmp_path, "longmemeval/longmemeval_s.json", [longmemeval_row()])

    (pool,) = find_task("longmemeval").pools(tmp_path)

    assert ["q1/s0/t0", "q1/s1/t0", "q1/s1/t1"] == [record.source for record in pool.records]
    assert (("q1/s1/t0",), ("q1/s1",), ("2",)) == (
        pool.questions[0].evidence,
        pool.questions[0].sessions,
        pool.questions[0].answers,
    )


def test_longmemeval_instances_come_in_the_order_in_which_they_are_named(tmp_path):
    rows = [longmemeval_row(question_id=name) for name in ("q1", "q2", "q3")]
    put(tmp_path, "longmemeval/longmemeval_s.json", rows)

    pools = find_task("longmemeval:instances=q3+q1").pools(tmp_path)

    assert ["q3", "q1"] == [pool.id for pool in pools]


def test_an_instance_that_longmemeval_does_not_have_is_named(tmp_path):
    put(tmp_path, "longmemeval/longmemeval_s.json", [longmemeval_row(question_id="q1")])

    with pytest.raises(InvalidInput, match="no instance 'q2'"):
        list(find_task("longmemeval:instances=q2").pools(tmp_path))


def test_longmemeval_abstention_has_no_evidence(tmp_path):
    """`_abs` questions are asked, but only their confidence counts; the sources do not say so."""
    put(tmp_path, "longmemeval/longmemeval_s_cleaned.json", [longmemeval_row(question_id="q1_abs")])

    (pool,) = find_task("longmemeval").pools(tmp_path)

    assert (False, (), ()) == (
        pool.questions[0].answerable,
        pool.questions[0].evidence,
        pool.questions[0].answers,
    )
    assert not any("_abs" in record.source for record in pool.records)


def test_longmemeval_without_turn_labels_is_skipped(tmp_path):
    """Guessing labels would make the numbers wrong."""
    row = longmemeval_row()
    for turn in row["haystack_sessions"][0]:
        turn.pop("has_answer", None)
    put(tmp_path, "longmemeval/longmemeval_s.json", [row])

    with pytest.raises(Skipped, match="no turn labels"):
        list(find_task("longmemeval").pools(tmp_path))


def test_beam_strips_markers_and_keeps_both_sides_of_a_contradiction(tmp_path):
    """User messages lose `->-> 1,1`; an object of lists becomes groups."""
    chat = [
        {
            "batch_number": 1,
            "time_anchor": None,
            "turns": [
                [
                    {
                        "role": "user",
                        "id": 0,
                        "time_anchor": "March-15-2024",
                        "content": "I use Flask ->-> 1,1",
                    },
                    {"role": "assistant", "id": 1, "content": "Good."},
                ],
                [{"role": "user", "id": 2, "content": "I never used Flask."}],
            ],
        }
    ]
    probes = {
        "contradiction_resolution": [
            {"question": "Flask?", "ideal_answer": "both", "source_chat_ids": {"first": [0], "second": [2]}}
        ],
        "abstention": [{"question": "Cats?", "ideal_response": "no information"}],
    }
    put(tmp_path, "beam/100K/3/chat_trunecated.json.gz", chat)
    put(tmp_path, "beam/100K/3/probing_questions/probing_questions.json.gz", probes)

    (pool,) = find_task("beam").pools(tmp_path)

    assert "I use Flask" == pool.records[0].text
    assert "2024-03-15" == pool.records[2].at.date().isoformat()
    assert (("100K/3/0",), ("100K/3/2",)) == pool.questions[0].groups
    assert not pool.questions[1].answerable


def test_musique_searches_the_whole_corpus(tmp_path):
    """Evidence points into the shared corpus, found by title and text."""
    put(
        tmp_path,
        "hipporag/musique_corpus.json",
        [{"title": "A", "text": "one"}, {"title": "A", "text": "two"}],
    )
    row = {
        "id": "2hop__1",
        "question": "?",
        "answer": "x",
        "answer_aliases": ["y"],
        "answerable": True,
        "paragraphs": [{"idx": 0, "title": "A", "paragraph_text": "two", "is_supporting": True}],
    }
    put(tmp_path, "hipporag/musique.json", [row])

    (pool,) = find_task("musique").pools(tmp_path)

    assert (("p1",), ("x", "y"), "2-hop") == (
        pool.questions[0].evidence,
        pool.questions[0].answers,
        pool.questions[0].category,
    )


def test_hotpotqa_and_2wiki_name_their_evidence_by_title(tmp_path):
    """A corpus may be an object of sentences or a list of passages."""
    row = {
        "_id": "h",
        "question": "?",
        "answer": "x",
        "type": "bridge",
        "supporting_facts": [["B", 0], ["A", 1]],
    }
    put(tmp_path, "hipporag/hotpotqa_train.json", [row])
    put(tmp_path, "hipporag/hotpotqa_train_corpus.json", {"A": ["one.", " two."], "B": ["three."]})
    put(tmp_path, "hipporag/2wikimultihopqa.json", [row])
    put(
        tmp_path,
        "hipporag/2wikimultihopqa_corpus.json",
        [{"title": "A", "text": "one"}, {"title": "B", "text": "b"}],
    )

    for name in ("hotpotqa", "2wiki"):
        (pool,) = find_task(name).pools(tmp_path)
        assert ("p1", "p0") == pool.questions[0].evidence


def test_missing_data_is_skipped_with_where_to_get_it(tmp_path):
    """The reason names the file, `where` the download."""
    with pytest.raises(Skipped, match=r"no locomo/locomo10.json") as skipped:
        list(find_task("locomo").pools(tmp_path))

    assert "snap-research/locomo" in skipped.value.where
    with pytest.raises(Skipped, match="no data folder"):
        list(find_task("beam").pools(None))


def test_an_unknown_task_or_knob_names_what_is_near():
    """Errors in the user's words."""
    with pytest.raises(InvalidInput, match="near: locomo"):
        find_task("locom")
    with pytest.raises(BadKnob, match="it has: chats, size"):
        find_task("beam:sise=1M")


def test_the_fingerprint_follows_the_bytes(tmp_path):
    """Another file gives another fingerprint, the same one the same."""
    put(tmp_path, "locomo/locomo10.json", [TALK])
    task = find_task("locomo-original")
    _, before = task.open(tmp_path)
    _, again = task.open(tmp_path)
    put(tmp_path, "locomo/locomo10.json", [TALK | {"more": 1}])
    _, after = task.open(tmp_path)

    assert before == again
    assert before != after


@pytest.mark.parametrize("name", ["locomo", "longmemeval", "beam", "musique", "hotpotqa"])
def test_every_label_of_the_real_downloads_points_at_a_record(real, name):
    """Sources are unique in a pool, and evidence is among them."""
    for pool in find_task(name).pools(real):
        sources = {record.source for record in pool.records}
        assert len(pool.records) == len(sources)
        assert set() == {source for question in pool.questions for source in question.evidence} - sources
