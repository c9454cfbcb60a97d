"""What new facts do to old ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from remanence.evolve import merge, reconcile
from remanence.form import extract
from remanence.models.scripted import Script
from remanence.types import Change, Item, Where

ALL = Where(kinds=("fact",), tiers=("hot", "cold"), ended=True)


def current(memory):
    return [item.text for item in memory.list(kinds="fact")]


def links(memory, rel):
    view = memory.store.view(memory.scope)
    items = {item.id: item for item in view.items(view.rows(ALL))}
    return [(items[x.src].text, items[x.dst].text) for x in view.links(list(items), rels=(rel,))]


@pytest.fixture(params=["one by one", "all at once"])
def told(request, composed):
    """Tell a memory with reconciled facts some dated messages, in both ways."""

    def tell(*messages, evolve=None):
        memory = composed(form=extract.facts(), evolve=evolve or reconcile.conflicts())
        rows = [{"who": "Ann", "text": text, "at": at} for text, at in messages]
        for part in [[row] for row in rows] if request.param == "one by one" else [rows]:
            memory.remember(part)
        return memory

    return tell


def test_a_later_home_ends_the_earlier_one(told):
    """Only Oslo holds now; the past still answers Rome."""
    memory = told(("I live in Rome.", "2023-01-10"), ("I live in Oslo.", "2023-06-10"))

    assert ["Ann lives in Oslo"] == current(memory)
    assert [("Ann lives in Oslo", "Ann lives in Rome")] == links(memory, "supersedes")
    past = memory.list(kinds="fact", as_of="2023-03-01")
    assert ["Ann lives in Rome"] == [item.text for item in past]


def test_old_news_that_arrives_late_does_not_replace_what_holds(told):
    """Order is when it was true, not when it was told."""
    memory = told(("I live in Oslo.", "2023-06-10"), ("I live in Rome.", "2023-01-10"))

    assert ["Ann lives in Oslo"] == current(memory)


def test_the_later_told_wins_when_the_times_are_equal(told):
    """Equal times go by the order of remembering."""
    memory = told(("I live in Rome.", "2023-01-10"), ("I live in Oslo.", "2023-01-10"))

    assert ["Ann lives in Oslo"] == current(memory)


def test_slots_that_hold_several_values_keep_them(told):
    """Liking one thing does not end liking another."""
    memory = told(("I love hiking.", "2023-01-10"), ("I love chess.", "2023-06-10"))

    assert ["Ann loves hiking", "Ann loves chess"] == current(memory)


def test_words_of_change_end_nothing_in_a_slot_of_several_values(told):
    """Loving chess now does not say that hiking is over."""
    memory = told(("I love hiking.", "2023-01-10"), ("I love chess now.", "2023-06-10"))

    assert "Ann loves hiking" in current(memory)
    assert 2 == len(current(memory))


def test_what_ended_keeps_its_time_and_the_new_one_begins_there(told):
    """One closes at the moment in which the other opens; asking in between gives the old one."""
    memory = told(("I live in Rome.", "2023-01-10"), ("I live in Oslo.", "2023-06-10"))
    view = memory.store.view(memory.scope)
    old, new = sorted(view.items(view.rows(ALL)), key=lambda item: item.at)

    assert ("Ann lives in Rome", "Ann lives in Oslo") == (old.text, new.text)
    assert old.until == new.at
    assert new.until is None
    assert [("Ann lives in Oslo", "Ann lives in Rome")] == links(memory, "supersedes")


def test_a_denial_ends_what_it_denies(told):
    """'I don't like hiking anymore' closes the liking and nothing else."""
    memory = told(
        ("I love hiking.", "2023-01-10"),
        ("I love chess.", "2023-01-10"),
        ("I don't like hiking anymore.", "2023-06-10"),
    )

    assert ["Ann loves chess", "Ann doesn't like hiking"] == current(memory)


def test_without_reconciling_both_homes_hold(composed):
    """The mechanism is what closes the interval."""
    memory = composed(form=extract.facts())
    memory.remember([{"who": "Ann", "text": "I live in Rome."}, {"who": "Ann", "text": "I live in Oslo."}])

    assert 2 == len(current(memory))


def test_a_weaker_source_cannot_end_what_a_stronger_one_said(composed):
    """A tool's claim about the user's home is kept beside it and linked `contradicts`."""
    memory = composed(form=extract.facts(), evolve=reconcile.conflicts())
    memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-10"})
    memory.remember({"who": "tool", "text": "Ann lives in Oslo.", "at": "2023-06-10"}, trust="external")

    assert ["Ann lives in Rome", "Ann lives in Oslo"] == current(memory)
    assert [("Ann lives in Oslo", "Ann lives in Rome")] == links(memory, "contradicts")


def test_an_uncertain_reading_ends_nothing(composed):
    """Both stay, and they are linked `contradicts`."""
    memory = composed(evolve=reconcile.conflicts())
    data = {"subject": "Ann", "slot": "home"}
    sure = Item("fact", "Ann lives in Rome", data={**data, "value": "Rome"})
    guess = Item("fact", "Ann lives in Oslo", data={**data, "value": "Oslo", "certain": False})
    view = memory.store
    with memory.store.lock:
        ctx = memory._ctx()
        change = memory.recipe.evolve(Change(puts=(ctx.put(sure), ctx.put(guess))), ctx)
        view.apply(change, scope=memory.scope, embed=ctx.embed)

    assert 2 == len(current(memory))
    assert [("Ann lives in Oslo", "Ann lives in Rome")] == links(memory, "contradicts")


@pytest.mark.parametrize("said", ["I was wrong earlier, my stylist is Ada Lund.", "My stylist is Ada Lund now."])
def test_who_says_that_it_changed_is_believed_though_the_pattern_is_loose(told, said):
    """ "My stylist is ..." alone is an uncertain reading; the words of change settle which of the two holds."""
    memory = told(("My stylist is Bo Strand.", "2023-01-10"), (said, "2023-06-10"))
    unsaid = told(("My stylist is Bo Strand.", "2023-01-10"), ("My stylist is Ada Lund.", "2023-06-10"))

    assert ["Ann: stylist Ada Lund"] == current(memory)
    assert 2 == len(current(unsaid))


def test_words_of_change_do_not_end_loosely_read_plans(told):
    """Plans stand side by side: a new one "instead of" something replaces that something, not the other plans."""
    memory = told(
        ("I am thinking of joining a tennis league.", "2023-01-10"),
        ("I am thinking of baking with almonds instead of peanuts.", "2023-06-10"),
    )

    assert 2 == len(current(memory))


def test_a_correction_that_is_heard_first_still_holds_its_own_time(told):
    """The words of change count for the later statement, not for whichever has them."""
    memory = told(
        ("I was wrong earlier, my stylist is Ada Lund.", "2023-01-10"), ("My stylist is Bo Strand.", "2023-06-10")
    )

    assert 2 == len(current(memory))


def test_other_users_facts_are_no_rivals(composed):
    """Scope keeps people apart."""
    memory = composed(form=extract.facts(), evolve=reconcile.conflicts())
    memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-10"})
    memory.remember({"who": "Bob", "text": "I live in Oslo.", "at": "2023-06-10"})

    assert 2 == len(current(memory))


# --- how it is said ---


def slots(memory, **filters):
    return {(item.data["slot"], item.data["value"]) for item in memory.list(kinds="fact", **filters)}


def test_a_value_that_went_up_takes_the_old_ones_place(told):
    """And the past still answers the old one."""
    memory = told(("rent is 640 a month", "2023-01-10"), ("rent went up to 710 a month", "2023-06-10"))

    assert {("rent", "710 a month")} == slots(memory)
    assert {("rent", "640 a month")} == slots(memory, as_of="2023-03-01")


def test_what_is_said_too_stands_beside_the_old(told):
    """ "as well" adds, also where one value is usual."""
    memory = told(("locker code is 2291", "2023-01-10"), ("locker code 8810 as well", "2023-06-10"))

    assert {("locker code", "2291"), ("locker code", "8810")} == slots(memory)


def test_quitting_ends_it_whatever_it_was(told):
    """The end does not say which attribute it ends."""
    memory = told(("I joined the rowing club", "2023-01-10"), ("I quit the rowing club", "2023-06-10"))

    assert {("over", "rowing club")} == slots(memory)


def test_nobody_quits_for_somebody_else(composed):
    """Two people may be in one club."""
    memory = composed(form=extract.facts(), evolve=reconcile.conflicts())
    memory.remember({"who": "Bob", "text": "I joined the rowing club", "at": "2023-01-10"})
    memory.remember({"who": "Ann", "text": "I quit the rowing club", "at": "2023-06-10"})

    assert ("member", "rowing club") in slots(memory)


def test_a_corrected_value_never_held(told):
    """The right one has held since the wrong one was said to."""
    memory = told(("locker code is 2291", "2023-01-10"), ("argh, it's 2219, not 2291", "2023-06-10"))

    assert {("locker code", "2219")} == slots(memory)
    assert {("locker code", "2219")} == slots(memory, as_of="2023-03-01")


def test_a_correction_of_nothing_known_is_left_out(told):
    """It would be a number without a meaning."""
    memory = told(
        ("argh, it's 2219, not 2291", "2023-06-10"),
    )

    assert set() == slots(memory)


def test_a_cancelled_plan_is_over(told):
    """And a cancellation of nothing known states nothing."""
    memory = told(
        ("canoe trip is on Saturday 12 August 2023", "2023-06-01"),
        ("canoe trip is off", "2023-06-10"),
        ("the lasagne is off", "2023-06-10"),
    )

    assert {("over", "canoe trip")} == slots(memory)


def test_a_moved_date_replaces_the_first(told):
    """Each day ends by itself, and the moved one at once."""
    memory = told(
        ("dentist is Tuesday 4 July 2023", "2023-06-01"), ("dentist moved to Friday 7 July 2023", "2023-06-10")
    )

    (left,) = memory.list(kinds="fact", as_of="2023-06-20")
    assert "7 July 2023" in left.data["value"]


def test_with_the_employer_go_the_boss_and_the_pay(told):
    """They are said of the old job; the town is not."""
    memory = told(
        ("I work at Kestrel Boats. my boss is Henrike. I live in Bergen", "2023-01-10"),
        ("I work at Lindqvist Foods", "2023-06-10"),
    )

    assert {("employer", "Lindqvist Foods"), ("home", "Bergen")} == slots(memory)


def test_notice_ends_the_employer_whoever_it_was_on_the_last_day(told):
    """And the boss with it; before that day they still hold."""
    memory = told(
        ("I work at Kestrel Boats. my boss is Henrike. I live in Bergen", "2023-01-10"),
        ("my last day is 30 June 2023", "2023-05-10"),
    )

    assert {("home", "Bergen")} == {one for one in slots(memory) if one[0] in ("employer", "boss", "home")}
    assert ("employer", "Kestrel Boats") in slots(memory, as_of="2023-06-20")


def test_a_plan_ends_no_fact(told):
    """It may not happen."""
    memory = told(("I live in Bergen.", "2023-01-10"), ("I'm going to move to Oslo.", "2023-06-10"))

    assert ("home", "Bergen") in slots(memory)


def test_measures_of_different_days_both_hold(told):
    """A child was 134 cm tall and is 137 cm now."""
    memory = told(("Theo: 134 cm", "2023-01-10"), ("Theo: 137 cm now", "2023-06-10"))

    assert {("height", "134 cm"), ("height", "137 cm")} == slots(memory)


def test_a_port_of_a_service_that_is_named_more_fully_is_of_the_same_one(told):
    """ "internal api" is the one api; a worker is not."""
    memory = told(
        ("the api runs on 8080. the worker listens on 9090", "2023-01-10"),
        ("internal api is on 8085 now", "2023-06-10"),
    )

    assert {("port", "8085"), ("port", "9090")} == slots(memory)


def test_a_change_without_a_name_is_of_the_only_one_it_can_be(told):
    """A parent says whose lesson moved by naming the lesson."""
    memory = told(("Theo yoga mondays 17:15", "2023-01-10"), ("yoga moved, now thursdays 17:45", "2023-06-10"))

    (left,) = memory.list(kinds="fact")
    assert ("Theo", "thursdays 17:45") == (left.data["subject"], left.data["value"])


# --- duplicates ---


def test_the_same_fact_twice_is_stored_once_with_both_sources(told):
    """The first one keeps the evidence of the second."""
    memory = told(("I live in Rome.", "2023-01-10"), ("I live in Rome.", "2023-06-10"), evolve=merge.duplicates())

    facts = memory.list(kinds="fact")
    assert 1 == len(facts)
    assert 2 == len(facts[0].evidence)
    assert 2 == len(memory.list(kinds="turn"))


def test_a_less_trusted_copy_lends_no_trust(composed):
    """A repeated fact keeps its own trust."""
    memory = composed(form=extract.facts(), evolve=merge.duplicates())
    memory.remember({"who": "Ann", "text": "I live in Rome."})
    memory.remember({"who": "Ann", "text": "I live in Rome."}, trust="external")

    assert [1.0] == [item.trust for item in memory.list(kinds="fact")]


def test_near_duplicates_go_cold_and_can_come_back(composed):
    """The later of two near copies is put behind the first, with a link."""
    memory = composed(form=extract.notes(), evolve=merge.near(threshold=0.9))
    memory.remember("The garden needs water every morning in July.")
    memory.remember("The garden needs water every morning in July!")

    assert 1 == len(memory.list(kinds="note"))
    assert 2 == len(memory.list(kinds="note", tiers=("hot", "cold")))
    assert 2 == len(memory.list(kinds="turn"))


# --- Mem0 with a language model ---


def test_the_model_decides_and_a_broken_reply_falls_back_to_rules(composed):
    """UPDATE closes the old fact; after a bad reply the verb says degraded and the rules decide."""
    fact = {"subject": "Ann", "slot": "drink", "value": "tea", "true": True, "message": 1, "text": "Ann drinks tea."}
    newer = {**fact, "value": "coffee", "text": "Ann drinks coffee."}
    llm = Script(
        [
            {"facts": [fact]},
            {"facts": [newer]},
            {"event": "UPDATE", "id": 1, "text": "Ann drinks coffee, no longer tea."},
        ]
    )
    memory = composed("mem0", llm=llm)
    memory.remember({"who": "Ann", "text": "Tea is my drink."})
    memory.remember({"who": "Ann", "text": "Coffee it is, from today."})
    assert ["Ann drinks coffee, no longer tea."] == current(memory)

    receipt = memory.remember({"who": "Ann", "text": "I live in Rome."})
    assert any("rules were used" in told for told in receipt.degraded)
    assert "Ann lives in Rome" in current(memory)


def test_the_model_cannot_invent_ids(composed):
    """A number that was not shown means ADD."""
    fact = {"subject": "Ann", "slot": "drink", "value": "tea", "true": True, "message": 1, "text": "Ann drinks tea."}
    other = {**fact, "slot": "pet", "value": "cat", "text": "Ann has a cat."}
    llm = Script([{"facts": [fact]}, {"facts": [other]}, {"event": "DELETE", "id": 77}])
    memory = composed("mem0", llm=llm)
    memory.remember({"who": "Ann", "text": "Tea is my drink."})
    memory.remember({"who": "Ann", "text": "My cat says hello."})

    assert ["Ann drinks tea.", "Ann has a cat."] == current(memory)


@pytest.mark.parametrize("event", ["DELETE", "UPDATE", "NOOP"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_number_that_a_model_gives_is_the_fact_that_it_was_shown_under(composed, number, event):
    """Of three known facts the named one ends or is said again, and no other is touched."""
    shown: list[str] = []

    def model(messages):
        material = json.loads(messages[-1]["content"])
        if "known" not in material:
            said = [(n, one["text"]) for n, one in enumerate(material["messages"], 1)]
            rows = [{"message": n, "subject": "Ann", "slot": t, "value": t, "true": True, "text": t} for n, t in said]
            return {"facts": rows}
        if material["new"] != "fourth":
            return {"event": "ADD"}
        shown.extend(one["text"] for one in material["known"])
        return {"event": event, "id": number}

    memory = composed("mem0", llm=Script(model))
    for text in ("first", "second", "third", "fourth"):
        memory.remember({"who": "Ann", "text": text})

    left = {*shown, "fourth"} - {"fourth" if event == "NOOP" else shown[number - 1]}
    sources = {item.text: len(item.evidence) for item in memory.list(kinds="fact")}
    assert {text: 2 if event == "NOOP" and text == shown[number - 1] else 1 for text in left} == sources


def test_a_rival_that_is_not_among_the_nearest_is_found_by_its_slot(composed):
    """With one neighbour looked at, the old home still ends, though other facts lie nearer to the new one."""
    for slots, homes in ((True, ["Ann lives in Oslo"]), (False, ["Ann lives in Oslo", "Ann lives in Rome"])):
        memory = composed(form=extract.facts(), evolve=reconcile.mem0(k=1))
        memory.remember({"who": "Ann", "text": "I live in Rome.", "at": "2023-01-01"})
        if not slots:  # what is known of the home has no name
            home = memory.list(kinds="fact")[0]
            memory.update(home.id, data={"attribute": None, "slot": None})
        memory.remember([{"who": name, "text": "I live in Oslo.", "at": "2023-02-01"} for name in ("Bob", "Cid")])
        memory.remember({"who": "Ann", "text": "I live in Oslo.", "at": "2023-03-01"})

        assert homes == sorted(text for text in current(memory) if text.startswith("Ann"))


def test_a_fact_cannot_be_denied_before_it_was_true(composed):
    """A denial from before does not end a later fact."""
    memory = composed(form=extract.facts(), evolve=reconcile.conflicts())
    memory.remember({"who": "Ann", "text": "I love hiking.", "at": "2023-06-10"})
    memory.remember({"who": "Ann", "text": "I don't like hiking.", "at": "2022-06-10"})

    assert ["Ann loves hiking"] == current(memory)
    assert datetime(2023, 6, 10, tzinfo=UTC) == memory.list(kinds="fact")[0].at
