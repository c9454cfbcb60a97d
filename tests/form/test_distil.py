"""Summaries of days and sessions, and who someone is."""

from __future__ import annotations

from remanence.evolve import reconcile
from remanence.form import distil, extract
from remanence.models.scripted import Script
from remanence.stage import at_sleep


def summaries(memory):
    return {item.data["of"]: item for item in memory.list(kinds="summary")}


def test_each_day_gets_a_summary_of_its_own_turns(composed):
    """Two days, two summaries, dated, citing what was said on the day."""
    memory = composed(form=at_sleep(distil.summaries(level="day")))
    memory.remember(
        [
            {"who": "Ann", "text": "I planted roses.", "at": "2024-01-01"},
            {"who": "Ann", "text": "I broke my arm.", "at": "2024-01-02"},
        ]
    )
    memory.sleep()

    texts = {of: item.text for of, item in summaries(memory).items()}
    assert {
        "2024-01-01": "1 January 2024: Ann planted roses.",
        "2024-01-02": "2 January 2024: Ann broke Ann's arm.",
    } == texts


def test_a_summary_tells_what_was_stated_and_not_what_was_asked(composed):
    """A wrong guess put as a question does not become a memory; a day of questions only still has a summary."""
    memory = composed(form=at_sleep(distil.summaries(level="day")))
    memory.remember(
        [
            {"who": "Bob", "text": "So your dentist is Ada Lund, I believe?", "at": "2024-01-01"},
            {"who": "Ann", "text": "No, that is not true.", "at": "2024-01-01"},
            {"who": "Ann", "text": "Who is there?", "at": "2024-01-02"},
        ]
    )
    memory.sleep()

    texts = {of: item.text for of, item in summaries(memory).items()}
    assert "Ada Lund" not in texts["2024-01-01"]
    assert "2 January 2024: Who is there?" == texts["2024-01-02"]


def test_a_day_that_goes_on_gets_a_new_version_from_all_its_turns(composed):
    """One summary a day, however often the store sleeps; the earlier telling is in its history."""
    memory = composed(form=at_sleep(distil.summaries(level="day")))
    for text in ("I planted roses.", "I broke my arm."):
        memory.remember({"who": "Ann", "text": text, "at": "2024-01-01"})
        memory.sleep()

    (one,) = memory.list(kinds="summary")
    assert "1 January 2024: Ann planted roses. Ann broke Ann's arm." == one.text
    assert 2 == len(one.evidence)
    assert ["1 January 2024: Ann planted roses.", one.text] == [item.text for item in memory.history(one.id)]


def test_sessions_and_everything_are_summarised_too(composed):
    """Level `session` groups by chat, `all` tells the summaries so far in one."""
    memory = composed(form=at_sleep(distil.summaries(level="session") >> distil.summaries(level="all")))
    memory.remember([{"text": "Roses are planted.", "session": "a"}, {"text": "An arm is broken.", "session": "b"}])
    memory.sleep()

    assert {"session a", "session b", "all"} == set(summaries(memory))
    assert 2 == summaries(memory)["all"].data["level"]


def test_the_model_writes_the_summary(composed):
    """Its words, still dated and cited."""
    memory = composed(form=at_sleep(distil.summaries()), llm=Script([{"summary": "Ann gardened."}]))
    memory.remember({"who": "Ann", "text": "I planted roses.", "at": "2024-01-01"})
    memory.sleep()

    (one,) = memory.list(kinds="summary")
    assert "1 January 2024: Ann gardened." == one.text
    assert 1 == len(one.evidence)


def test_the_portrait_says_what_holds_now(composed):
    """A home that was superseded leaves the portrait; likes add up."""
    form = extract.facts()
    memory = composed(form=form, evolve=reconcile.conflicts() >> at_sleep(distil.portrait()))
    memory.remember({"who": "Ann", "text": "I live in Rome. I love chess.", "at": "2023-01-01"})
    memory.sleep()
    assert ["Rome"] == memory.list(kinds="persona")[0].data["slots"]["home"]

    memory.remember({"who": "Ann", "text": "I live in Oslo. I love hiking.", "at": "2023-06-01"})
    memory.sleep()

    (one,) = memory.list(kinds="persona")
    assert {"home": ["Oslo"], "likes": ["chess", "hiking"]} == one.data["slots"]
    assert "Ann\nhome: Oslo\nlikes: chess, hiking" == one.text
