"""The other official-format loaders, on small hand-written files in the layout of the downloads."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from remanence.arena.catalogue import find_task
from remanence.arena.core.points import write_scores
from remanence.arena.core.score import Outcome, read_items, score
from remanence.arena.core.system import Found, Held
from remanence.arena.core.task import Question, Record, Skipped
from remanence.errors import BadKnob


def put(folder: Path, name: str, value: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("l") and isinstance(value, list):
        value = "\n".join(json.dumps(row) for row in value)
    text = value if isinstance(value, str) else json.dumps(value)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


def test_realtalk_reads_chats_with_their_own_times(tmp_path):
    """Categories 1 to 3 are multi-hop, temporal and commonsense; each message has its own time."""
    chat = {
        "name": {"speaker_1": "Ann", "speaker_2": "Bob"},
        "session_1_date_time": "29.12.2023, 14:05:00",
        "session_1": [
            {"clean_text": "Hi", "speaker": "Ann", "date_time": "29.12.2023, 14:05:00", "dia_id": "D1:1"},
            {"clean_text": "I got a dog", "speaker": "Bob", "date_time": "29.12.2023, 14:06:00", "dia_id": "D1:2"},
        ],
        "qa": [{"question": "Which pet?", "answer": "a dog", "evidence": ["D1:2"], "category": 2}],
    }
    put(tmp_path, "realtalk/data/Chat_1_Ann_Bob.json", chat)

    (pool,) = find_task("realtalk").pools(tmp_path)

    assert ("temporal", ("Chat_1_Ann_Bob/D1:2",)) == (pool.questions[0].category, pool.questions[0].evidence)
    assert "2023-12-29T14:06:00+00:00" == pool.records[1].at.isoformat()


def test_factconsolidation_orders_facts_by_their_number(tmp_path):
    """The number becomes the time, and is not part of the text."""
    entry = {
        "context": "Here is a list of facts:\n0. The king is Ann.\n1. The king is Bob.",
        "questions": ["Who is the king?"],
        "answers": [["Bob"]],
        "metadata": {"source": "factconsolidation_sh_6k"},
    }
    put(tmp_path, "factconsolidation/Conflict_Resolution_6k_32k.json.gz", [entry])

    (pool,) = find_task("factconsolidation").pools(tmp_path)

    assert ["The king is Ann.", "The king is Bob."] == [record.text for record in pool.records]
    assert pool.records[0].at < pool.records[1].at
    assert ("single-hop 6k", ("Bob",)) == (pool.questions[0].category, pool.questions[0].answers)


def test_the_newest_fact_must_come_first_and_alone():
    """A first result that tells the old value is wrong, and counted as stale."""
    question = Question("q", "Who is the king?", answers=("Bob",), wrong=("Ann",))

    def scored(text):
        return score(Outcome("p", question, [Found("f", 1.0, text)]), None, ("newest",))

    assert {"newest@1": 1.0, "stale@1": 0.0} == scored("The king is Bob.")
    assert {"newest@1": 0.0, "stale@1": 1.0} == scored("The king is Ann.")
    assert 0.0 == scored("Ann was king before Bob.")["newest@1"]


def test_other_memoryagentbench_splits_are_cut_into_chunks(tmp_path):
    """Of about the given size, in order."""
    text = " ".join(f"Sentence number {n} ends here." for n in range(100))
    entry = {"context": text, "questions": ["?"], "answers": [["x"]], "metadata": {"source": "ruler_qa1"}}
    put(tmp_path, "memoryagentbench/Accurate_Retrieval.json", [entry])

    (pool,) = find_task("memoryagentbench:chunk=100").pools(tmp_path)

    assert 5 <= len(pool.records) <= 9
    assert text == " ".join(record.text for record in pool.records)
    assert "Accurate_Retrieval" == pool.questions[0].category


def test_personamem_keeps_users_apart_and_takes_the_options_out_of_the_question(tmp_path):
    """Only documents of the same user are in the pool; options become choices."""
    documents = [
        {"id": "u1_0", "content": "[USER] User: I like jazz.\n\n[ASSISTANT] Assistant: Nice.", "user_id": "u1"},
        {"id": "u2_0", "content": "[USER] User: I like rock.", "user_id": "u2"},
    ]
    query = {
        "id": "q",
        "query": "User: Ann\n\nWhat now?\n\n(a) Rock\n(b) Jazz\n(c) Pop\n(d) Folk",
        "gold_answers": ["(b) Jazz", "b"],
        "gold_ids": ["u1_0"],
        "user_id": "u1",
        "meta": {"question_type": "recall", "retrieval_query": "User: Ann\n\nWhat now?"},
    }
    put(tmp_path, "personamem/32k/documents.json", documents)
    put(tmp_path, "personamem/32k/queries.json", [query])

    (pool,) = find_task("personamem").pools(tmp_path)

    assert [("user", "I like jazz."), ("assistant", "Nice.")] == [(r.role, r.text) for r in pool.records]
    (question,) = pool.questions
    assert ("What now?", ("Rock", "Jazz", "Pop", "Folk"), 1) == (question.text, question.choices, question.correct)


@pytest.fixture
def preferences(tmp_path):
    base = {"preference": "I dislike heights.", "question": "Which hotel?", "explanation": "-"}
    talk = {
        "query": "Rome?",
        "assistant_options": "1. tower 2. cellar",
        "user_selection": "The cellar",
        "assistant_acknowledgment": "Ok",
    }
    put(tmp_path, "prefeval/explicit_preference/hotel.json", [base])
    put(tmp_path, "prefeval/implicit_preference/choice-based/hotel.json", [base | {"conversation": talk}])
    persona = {"0": {"user": "I never climb.", "assistant": "Sure."}}
    put(tmp_path, "prefeval/implicit_preference/persona-driven/hotel.json", [base | {"conversation": persona}])
    put(
        tmp_path,
        "prefeval/mcq_options/hotel.json",
        [base | {"classification_task_options": ["cellar", "tower", "roof", "crane"]}],
    )
    filler = [{"conversation": [{"role": "user", "content": f"filler {n}"} for n in range(9)]}]
    put(tmp_path, "prefeval/filtered_inter_turns.json", filler)
    return tmp_path


def test_prefeval_states_the_preference_before_the_filler(preferences):
    """Evidence is the turn that states it; the fitting option is found after shuffling."""
    (pool,) = find_task("prefeval:filler=5").pools(preferences)

    (question,) = pool.questions
    assert 6 == len(pool.records)
    assert ("I dislike heights.", (pool.records[0].source,)) == (pool.records[0].text, question.evidence)
    assert "cellar" == question.choices[question.correct]


def test_the_implicit_forms_of_prefeval_carry_what_is_known(preferences):
    """The chosen option is the evidence of one form; of the other only the session is known."""
    (choice,) = find_task("prefeval:form=choice,filler=3").pools(preferences)
    (persona,) = find_task("prefeval:form=persona,filler=3").pools(preferences)

    by_source = {record.source: record.text for record in choice.records}
    assert ["The cellar"] == [by_source[source] for source in choice.questions[0].evidence]
    assert ((), ("hotel/0/first",)) == (persona.questions[0].evidence, persona.questions[0].sessions)
    with pytest.raises(BadKnob, match="explicit, choice, persona"):
        list(find_task("prefeval:form=odd").pools(preferences))


def test_epbench_knows_cues_vocabulary_and_empty_answers(tmp_path):
    """A question without answer is unanswerable; its vocabulary is the book's."""
    truth = [
        {"chapter": 1, "date": "May 01, 2026", "location": "Rome", "entity": "Ann", "content": "a fire"},
        {"chapter": 2, "date": "May 02, 2025", "location": "Oslo", "entity": "Ann", "content": "a flood"},
    ]
    base = {"cue_completed": "(*, *, {Ann}, *)", "question": "Where was Ann?", "retrieval_type": "Spaces"}
    rows = [
        base | {"get": "latest", "correct_answer": ["Rome"], "correct_answer_chapters": [1]},
        base | {"get": "all", "correct_answer": [], "correct_answer_chapters": []},
    ]
    put(tmp_path, "epbench/Book/df_book_groundtruth.jsonl", truth)
    put(tmp_path, "epbench/Book/df_qa.jsonl", rows)
    put(
        tmp_path,
        "epbench/Book/my_book.txt",
        "Chapter 1\n\nMay 01, 2026. Rome. Ann.\n\nChapter 2\n\nMay 02, 2025. Oslo. Ann.",
    )

    (pool,) = find_task("epbench").pools(tmp_path)

    latest, empty = pool.questions
    assert (["Oslo", "Rome"], ["Ann"]) == (latest.data["vocabulary"], latest.data["cues"])
    assert not empty.answerable
    hits = [Found(record.source, 1.0, record.text) for record in pool.records]
    assert ["Rome"] == read_items(hits, latest)


def test_an_oracle_store_scores_one_on_dated_events():
    """Every matching event found, nothing else: simple recall 1, invented items would cost."""
    (pool, *_) = find_task("dated-events").pools()
    texts = {record.source: record.text for record in pool.records}

    got = [
        score(Outcome("p", q, [Found(source, 1.0, texts[source]) for source in q.evidence]), pool, ("episodes",))[
            "item_f1"
        ]
        for q in pool.questions
    ]

    assert {1.0} == set(got)


def test_everyday_talk_keeps_who_asks_what_must_not_be_told_and_what_was_never_said(tmp_path):
    """Names speak, user and assistant are roles; a question's type is its category; lost evidence is counted."""
    turns = [
        {"id": "s01:1", "session": "s01", "at": "2025-03-04T18:20:00+01:00", "who": "user", "text": "I drive a van."},
        {"id": "s01:2", "session": "s01", "at": "2025-03-04T18:21:00+01:00", "who": "Kit", "text": "Mine is green."},
    ]
    asked = {"question": "What do I drive?", "now": "2025-07-15T10:00:00+02:00", "asker": "user", "type": "current"}
    known = {"id": "q1", "answers": ["van"], "must_not": ["bike"], "evidence": ["s01:1", "s09:1"], "answerable": True}
    never = {"id": "q2", "answers": [], "must_not": [], "evidence": [], "answerable": False, "type": "never_said"}
    story = {"id": "d09", "turns": turns, "questions": [asked | known, asked | never]}
    put(tmp_path, "everyday/d09.json", story)

    (pool,) = find_task("everyday").pools(tmp_path)

    one, two = pool.questions
    assert [("user", None), (None, "Kit")] == [(record.role, record.who) for record in pool.records]
    assert (("d09/s01:1",), 1, ("bike",), "current") == (one.evidence, one.lost, one.wrong, one.category)
    assert (False, "never_said", "user") == (two.answerable, two.category, two.data["asker"])


def test_a_precision_case_passes_only_with_exactly_the_wanted_beliefs(tmp_path):
    """Scope decides what is in the pool; pinned beliefs and open questions are the caller's."""
    belief = {"user_id": "test-user", "type": "entity", "aliases": ["k8s"], "pinned": False, "why_it_matters": "-"}
    beliefs = [
        belief | {"_id": "b-kube", "canonical_name": "kubernetes", "content": "Deploys.", "scope": ["domain:code"]},
        belief | {"_id": "b-verse", "canonical_name": "verse", "content": "Rhymes.", "scope": ["domain:writing"]},
        belief
        | {"_id": "b-pin", "canonical_name": "db", "content": "Mongo.", "scope": ["domain:code"], "pinned": True},
    ]
    case = {
        "caseId": "c",
        "category": "Alias",
        "scope": ["domain:code"],
        "query": "k8s?",
        "expect": {"relevantBeliefs": {"shouldOnlyInclude": ["b-kube"]}},
    }
    nothing = case | {"caseId": "n", "expect": {"relevantBeliefs": {"shouldOnlyInclude": []}}}
    put(tmp_path, "precisionmembench/beliefs.json", beliefs)
    put(tmp_path, "precisionmembench/retrieval.cases.json", [case, nothing])

    (pool,) = find_task("precisionmembench").pools(tmp_path)

    assert ["b-kube"] == [record.source for record in pool.records]
    wanted, none = pool.questions
    hit = [Found("b-kube", 0.9), Found("b-other", 0.1)]
    assert 1.0 == score(Outcome("p", wanted, hit), pool, ("cases",))["passed"]
    assert 0.0 == score(Outcome("p", wanted, hit[::-1]), pool, ("cases",))["passed"]
    assert 0.0 == score(Outcome("p", wanted, hit, confidence=0.2), pool, ("cases",))["passed"], "it gave nothing"
    assert 0.0 == score(Outcome("p", none, hit, confidence=0.8), pool, ("cases",))["passed"]
    assert 1.0 == score(Outcome("p", none, hit, confidence=0.2), pool, ("cases",))["passed"]


def test_lifebench_finds_the_turns_of_a_raw_evidence_record(tmp_path):
    """By type and day, and by the clock when a turn shows it; the asking time is taken off the question."""
    sample = {
        "sample_id": "Xu",
        "conversation": {
            "session_1": [
                {"speaker": "Xu", "dia_id": "2025-01-15_call0", "text": "Call with Mum at 12:13"},
                {"speaker": "Xu", "dia_id": "2025-01-15_call1", "text": "Call with Dad at 18:00"},
            ]
        },
        "qa": [
            {
                "question": "(asked: 2025-06-20) Who called?",
                "answer": "Mum",
                "ask_time": "2025-06-20",
                "question_type": ["Single_hop"],
                "evidence": [{"type": "call", "datetime": "2025-01-15 12:13:00"}],
            },
            {"question": "Shoe size?", "answer": "-", "question_type": ["Unanswerable"], "evidence": []},
        ],
    }
    put(tmp_path, "lifebench/locomo_format/lifebench_locomo_conversation_format_v2.0_2QA_en.json", [sample])

    (pool,) = find_task("lifebench").pools(tmp_path)

    first, second = pool.questions
    assert ("Who called?", ("Xu/2025-01-15_call0",)) == (first.text, first.evidence)
    assert not second.answerable


def test_booksort_presents_segments_in_the_published_order(tmp_path):
    """The earlier one is right, whether it is shown first or second."""
    put(tmp_path, "booksort/excerpts_a.csv", "book_idx,excerpt_idx,excerpt_text\n1,0,One two. Three four. Five six.\n")
    header = "book_idx,excerpt_idx,segment_1,segment_2,distance_bin,present_seg1_first\n"
    rows = "1,0,One two.,Five six.,10,1\n1,0,One two.,Five six.,10,0\n"
    put(tmp_path, "booksort/segments_a.csv", header + rows)

    (pool,) = find_task("booksort").pools(tmp_path)

    assert [0, 1] == [question.correct for question in pool.questions]
    assert {"One two."} == {question.choices[question.correct] for question in pool.questions}
    assert {"distance to 10"} == {question.category for question in pool.questions}


def test_babi_asks_when_only_the_lines_before_are_told(tmp_path):
    """Numbering starts again with each story; support lines are the evidence."""
    text = "1 Mary went home.\n2 Where is Mary?\thome\t1\n3 Mary left.\n1 John sat.\n2 Who sat? \tJohn\t1\n"
    put(tmp_path, "babi/en/qa1_x_test.txt.gz", text)

    first, second = find_task("babi").pools(tmp_path)

    assert (1, ("qa1_x/0/1",), ("home",)) == (
        first.questions[0].after,
        first.questions[0].evidence,
        first.questions[0].answers,
    )
    assert ("qa1_x/1/1",) == second.questions[0].evidence
    assert first.streaming


def test_procedures_carry_graded_relevance(tmp_path):
    """Gains are the judged scores; nDCG weighs by them."""
    trajectories = {
        "trajectories": [
            {
                "task_instance_id": f"t{n}",
                "task_description": "heat milk",
                "state_action_pairs": [{"step_id": 1, "state": "-", "action": "go"}],
            }
            for n in range(3)
        ]
    }
    hits = [{"trajectory_id": "t0", "relevance_score": 10.0}, {"trajectory_id": "t2", "relevance_score": 5.0}]
    bank = {"queries": [{"query_id": "q", "tier": "EASY", "query_text": "Heat", "relevant_trajectories": hits}]}
    put(tmp_path, "proced_mem_bench/agentinstruct_trajectories.json", trajectories)
    put(tmp_path, "proced_mem_bench/query_bank.json", bank)

    (pool,) = find_task("proced").pools(tmp_path)
    values = score(Outcome("p", pool.questions[0], [Found("t0", 1.0), Found("t2", 0.5)]), pool, ("turn",))

    assert {"t0": 10.0, "t2": 5.0} == pool.questions[0].gains
    assert (1.0, 1.0, 0.2) == (values["ndcg@10"], values["map"], values["precision@10"])


def test_lmeb_takes_the_types_that_are_there(tmp_path):
    """A missing download leaves its type out; all missing is skipped."""
    corpus = {"A": ["one."], "B": ["two."]}
    row = {"_id": "h", "question": "?", "answer": "x", "type": "bridge", "supporting_facts": [["B", 0]]}
    put(tmp_path, "hipporag/hotpotqa.json", [row])
    put(tmp_path, "hipporag/hotpotqa_corpus.json", corpus)

    (pool,) = find_task("lmeb").pools(tmp_path)

    assert ("semantic", ("p1",)) == (pool.questions[0].category, pool.questions[0].evidence)
    with pytest.raises(Skipped, match="episodic"):
        list(find_task("lmeb").pools(tmp_path / "nowhere"))


def test_official_lmeb_tasks_respect_their_candidates(tmp_path):
    """A query with candidates is asked of those documents only."""
    put(tmp_path, "lmeb/Dialogue/T/corpus.jsonl", [{"_id": f"d{n}", "title": "t", "text": f"x{n}"} for n in range(4)])
    put(tmp_path, "lmeb/Dialogue/T/queries.jsonl", [{"_id": "q1", "text": "?"}, {"_id": "q2", "text": "!"}])
    put(tmp_path, "lmeb/Dialogue/T/qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td3\t1\n")
    put(tmp_path, "lmeb/Dialogue/T/candidates.jsonl", [{"query_id": "q1", "candidates": ["d1", "d2"]}])

    pools = list(find_task("lmeb-official").pools(tmp_path))

    sizes = {question.id: len(pool.records) for pool in pools for question in pool.questions}
    assert {"q1": 2, "q2": 4} == sizes
    assert {"d1": 2.0} == next(q.gains for pool in pools for q in pool.questions if q.id == "q1")
    assert {"Dialogue"} == {q.category for pool in pools for q in pool.questions}


@pytest.mark.parametrize(
    "name",
    [
        "factconsolidation",
        "personamem",
        "prefeval",
        "prefeval:form=choice",
        "epbench",
        "precisionmembench",
        "everyday",
        "babi",
        "proced",
        "sort-epbench",
        "sort-locomo",
        "lmeb",
    ],
)
def test_the_real_downloads_load_with_consistent_labels(name):
    """Sources unique, evidence among them, the right choice among the choices."""
    folder = os.environ.get("REMANENCE_DATA")
    if not folder:
        pytest.skip("REMANENCE_DATA is not set: no benchmark downloads here")
    asked = 0
    for pool in find_task(name).pools(folder):
        sources = {record.source for record in pool.records}
        assert len(pool.records) == len(sources)
        for question in pool.questions:
            assert set(question.evidence) <= sources
            assert question.correct is None or 0 <= question.correct < len(question.choices)
            asked += 1

    assert asked >= 40


def test_a_message_carries_only_what_is_known():
    """As `Memory.remember` takes it."""
    record = Record("s", "hello", role="user", data={"caption": "a lake"})

    assert ("hello\na lake", "Ann: hello") == (record.spoken, Record("s", "hello", who="Ann").spoken)
    assert {"text": "hello", "source": "s", "role": "user", "caption": "a lake"} == record.message()


def test_convomem_mixes_the_evidence_talks_among_fillers_in_their_order(tmp_path):
    """Evidence messages are found by speaker and text; abstention has none."""
    talks = [
        {
            "id": f"c{n}",
            "messages": [{"speaker": "User", "text": f"My budget is {n}k"}, {"speaker": "Assistant", "text": "Ok"}],
        }
        for n in (5, 7)
    ]
    said = [{"speaker": "User", "text": "My budget is 5k"}, {"speaker": "User", "text": "My budget is 7k"}]
    item = {"question": "Budget?", "answer": "7k", "message_evidences": said, "conversations": talks}
    fillers = [{"messages": [{"speaker": "User", "text": f"filler {n}"}]} for n in range(5)]
    base = "convomem/core_benchmark"
    put(tmp_path, f"{base}/evidence_questions/changing_evidence/2_evidence/a.json", {"evidence_items": [item]})
    put(tmp_path, f"{base}/evidence_questions/abstention_evidence/1_evidence/b.json", {"evidence_items": [item]})
    put(tmp_path, f"{base}/filler_conversations/f.json", {"conversations": fillers})

    abstention, changing = find_task("convomem:conversations=6").pools(tmp_path)

    texts = {record.source: record.text for record in changing.records}
    assert ["My budget is 5k", "My budget is 7k"] == [texts[source] for source in changing.questions[0].evidence]
    assert 6 == changing.data["size"]
    assert not abstention.questions[0].answerable


def test_halumem_scores_by_session_and_counts_planted_sentences(tmp_path):
    """A question is asked after its own session; interference is never a true point."""
    row = {
        "uuid": "u",
        "sessions": [
            {
                "start_time": "Dec 15, 2025, 06:11:23",
                "dialogue": [{"role": "user", "content": "I moved to Oslo.", "timestamp": "Dec 15, 2025, 06:11:23"}],
                "memory_points": [
                    {"memory_content": "Martin moved to Oslo", "memory_source": "primary", "is_update": "False"},
                    {"memory_content": "Martin owns twelve horses", "memory_source": "interference"},
                ],
                "questions": [
                    {
                        "question": "Where?",
                        "answer": "Oslo",
                        "question_type": "Basic",
                        "evidence": [{"memory_content": "Martin moved to Oslo"}],
                    }
                ],
            },
            {"start_time": "Dec 16, 2025, 06:11:23", "dialogue": [{"role": "user", "content": "Bye."}]},
        ],
    }
    put(tmp_path, "halumem/HaluMem-Medium.jsonl", [row])

    (pool,) = find_task("halumem").pools(tmp_path)

    (question,) = pool.questions
    assert (1, ("u/s0",)) == (question.after, question.sessions)
    assert pool.streaming
    invented = [Held("Martin owns twelve horses.", derived=True), Held("Martin moved to Oslo.", derived=True)]
    assert {"extracted": 1.0, "invented": 1.0, "missed_updates": 0.0} == write_scores(invented, pool)


def test_an_answer_is_scored_where_there_is_one():
    """Refusing is right only where memory cannot know; a system without answers has no such columns."""
    known = Question("q", "Who?", answers=("Ann",), category="single-hop")
    unknown = Question("u", "Who?", answerable=False)

    def scored(question, answer):
        return score(Outcome("p", question, [], answer=answer), None, ("answer",))

    assert {"f1": 1.0, "em": 1.0, "holds": 1.0, "wrongly_refused": 0.0} == scored(known, "Ann")
    assert {"f1": 0.0, "em": 0.0, "holds": 0.0, "wrongly_refused": 1.0} == scored(known, "not in memory")
    assert {"refused": 1.0} == scored(unknown, "not in memory")
    assert {} == scored(known, None)
