"""Stored statements as answers, as opening lines, as a profile and in a row: case by case, from statements by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remanence import Memory
from remanence.compose import multi_hop, opening
from remanence.compose.profile import profile
from remanence.compose.stated import Match, _attribute_matches, stated
from remanence.compose.statement_answer import from_statements, lasted
from remanence.language.question import read
from remanence.language.statements.statement import Statement
from remanence.language.statements.stored import fact_data
from remanence.stage.standing import Known
from remanence.types import Change, Cue, Evidence, Hits, Item, Link, Mark, Where

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def on(month, day=1, year=2024):
    return datetime(year, month, day, tzinfo=UTC)


def known(attribute, value, state="holds", at=None, until=None, by=None, subject="Ann", **says):
    """A statement about Ann, as it stands."""
    one = Statement(subject, attribute, value, at=at, until=until, **says)
    fact = Item("fact", f"{subject} {value}", f"{attribute} {value}", at=at, until=until)
    return Known(fact, one, state, until, by)


def told(question, *statements, match=1.0):
    """The short answer, the values it rests on and its confidence; None without one."""
    matches = [one if isinstance(one, Match) else Match(one, match) for one in statements]
    found = from_statements(matches, read(question, at=NOW, people=("Ann", "Bob")), Cue(question, NOW))
    return None if found is None else (found.short, [one.says.value for one in found.rests_on], found.confidence)


ROME = known("home", "Rome", "ended", on(1), on(3))
OSLO = known("home", "Oslo", at=on(3))
KIEL = known("home", "Kiel", at=on(4))
REX, TOM, MIA = (known("pets", name, at=on(n)) for n, name in enumerate(("Rex", "Tom", "Mia"), 1))
NO_NUTS = known("diet", "nuts", polarity=-1)
SISTER = known("siblings", "Mary (sister)")
PARIS = known("home", "Paris", "planned", on(9), modality="planned")


@pytest.mark.parametrize(
    ("question", "statements", "short", "rests"),
    [
        ("Where does Ann live?", (OSLO, ROME), "Oslo", ["Oslo"]),
        ("Where does Ann live?", (OSLO, KIEL), "Kiel", ["Kiel"]),
        ("Where does Ann live?", (KIEL, OSLO), "Kiel", ["Kiel"]),
        ("Where did Ann live before?", (OSLO, ROME), "Rome", ["Rome"]),
        ("Where did Ann live in February 2024?", (OSLO, ROME), "Rome", ["Rome"]),
        ("Where did Ann live in April 2024?", (OSLO, ROME), "Oslo", ["Oslo"]),
        ("What pets does Ann have?", (TOM, REX, MIA), "Rex, Tom, Mia", ["Rex", "Tom", "Mia"]),
        ("How many pets does Ann have?", (TOM, REX, MIA), "3", ["Rex", "Tom", "Mia"]),
        ("Does Ann have a pet called Tom?", (TOM, REX), "yes", ["Tom"]),
        ("Does Ann live in Rome?", (OSLO, ROME), "no", ["Rome", "Oslo"]),
        ("What can't Ann eat?", (NO_NUTS,), "nuts", ["nuts"]),
        ("What is Ann's sister's name?", (SISTER,), "Mary", ["Mary (sister)"]),
        ("Who are Ann's siblings?", (SISTER,), "Mary (sister)", ["Mary (sister)"]),
        ("Does Ann live in Oslo?", (OSLO, ROME), "yes", ["Oslo"]),
        ("Which cities has Ann lived in so far?", (OSLO, ROME), "Rome, Oslo", ["Rome", "Oslo"]),
        ("How long did Ann live in Rome?", (OSLO, ROME), "9 weeks", ["Rome"]),
        ("Where does Ann live?", (OSLO, PARIS), "Oslo", ["Oslo"]),
    ],
)
def test_statements_answer_by_time_and_number(question, statements, short, rests):
    """What holds now, before, in a named time, all of them, how many, yes or no, and for how long."""
    assert (short, rests) == told(question, *statements)[:2]


@pytest.mark.parametrize(
    ("question", "statements"),
    [
        ("Where does Ann live?", ()),
        ("Where does Ann live?", (ROME,)),
        ("Does Ann live in Lima?", (OSLO, ROME)),
        ("How long has Ann lived in Oslo?", (OSLO,)),
        ("Where did Ann live in January 2019?", (OSLO, ROME)),
        ("Where did Ann live before?", (OSLO,)),
        ("Where does Ann live?", (known("home", "Bonn", polarity=-1),)),
    ],
)
def test_what_is_not_stated_is_no_answer(question, statements):
    """Nothing holds, nothing matches, or nobody said since when."""
    assert told(question, *statements) is None


def test_what_was_said_without_a_time_is_older_than_what_has_one():
    """In whatever order they are given."""
    bare = known("home", "Bonn")

    assert "Oslo" == told("Where does Ann live?", bare, OSLO)[0] == told("Where does Ann live?", OSLO, bare)[0]


@pytest.mark.parametrize(("match", "answers"), [(0.75, True), (0.74, False)])
def test_a_statement_answers_from_three_quarters_of_a_match_on(match, answers):
    """Below that it is about something else."""
    assert answers == (told("Where does Ann live?", OSLO, match=match) is not None)


@pytest.mark.parametrize(
    ("match", "certainty", "sure"), [(1.0, 0.9, 0.834), (0.8, 0.9, 0.7692), (1.0, 1.0, 0.87), (0.8, 0.5, 0.654)]
)
def test_one_is_as_sure_as_the_match_and_the_reading(match, certainty, sure):
    """Rising with their product, at most .87."""
    assert (
        pytest.approx(sure)
        == told("Where does Ann live?", known("home", "Oslo", at=on(3), certainty=certainty), match=match)[2]
    )


def test_values_that_contradict_each_other_are_both_told_and_less_sure():
    """ "Oslo or Kiel", at four fifths."""
    one, other = (known("home", value, "disputed", on(n)) for n, value in ((3, "Oslo"), (4, "Kiel")))

    short, rests, sure = told("Where does Ann live?", one, other)

    assert ("Oslo or Kiel", ["Oslo", "Kiel"]) == (short, rests)
    assert pytest.approx(0.834 * 0.8) == sure
    assert "Kiel" == told("Where does Ann live?", OSLO, KIEL)[0]
    assert "Oslo" == told("Where does Ann live?", one, known("home", "OSLO", "disputed", on(2)))[0]


@pytest.mark.parametrize(
    ("state", "question", "short"),
    [
        ("cancelled", "What is Ann's plan?", "cancelled"),
        ("denied", "What is Ann's plan?", "denied"),
        ("ended", "What is Ann's plan?", None),
        ("cancelled", "Is Ann's plan to sail?", "no"),
        ("ended", "Is Ann's plan to sail?", "no"),
        ("cancelled", "What was Ann's plan in May 2024?", None),
    ],
)
def test_what_came_to_nothing_is_told_as_such(state, question, short):
    """Cancelled, denied or over; of another time nothing is known."""
    plan = known("plan", "sail", state, on(1), on(2), modality="planned")

    assert short == (told(question, plan) or (None,))[0]


def test_the_last_that_ended_is_the_one_that_is_told():
    """Of two plans that came to nothing."""
    first = known("plan", "sail", "denied", on(1), on(2))
    last = known("plan", "climb", "cancelled", on(1), on(4))

    assert ("cancelled", ["climb"]) == told("What is Ann's plan?", first, last)[:2]


def test_a_plan_is_told_where_a_plan_is_asked_for():
    """And not as what is so."""
    plan = known("plan", "sail to Bergen", "planned", on(8), modality="planned")

    assert "sail to Bergen" == told("What does Ann plan?", plan)[0]
    assert told("Where does Ann live?", PARIS) is None


def test_of_many_values_those_that_match_as_well_are_told():
    """One that matches less by more than a twentieth is not meant, unless all are asked for."""
    best, close, far = (
        Match(known("likes", value, at=on(n)), match)
        for n, (value, match) in enumerate((("tea", 0.95), ("chess", 0.91), ("rain", 0.85)), 1)
    )

    assert "tea, chess" == told("What does Ann like?", best, close, far)[0]


def test_how_long_is_said_or_counted_from_a_change_on():
    """A stated length is told as it is; since a change to now; from one to the other."""
    said = known("education", "3 years", at=on(1))
    since = known("home", "Oslo", at=NOW - timedelta(days=21), change="changed")

    assert "3 years" == told("How long does Ann study?", said)[0]
    short, _, sure = told("How long has Ann lived in Oslo?", since)
    assert "3 weeks" == short
    assert pytest.approx(0.834 * 0.9) == sure
    assert told("How long has Ann lived in Oslo?", known("home", "Oslo", change="changed")) is None


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "0 days"), (-3, "0 days"), (1, "1 day"), (13, "13 days"), (14, "2 weeks"), (60, "9 weeks"),
        (61, "2 months"), (729, "24 months"), (730, "2 years"), (3653, "10 years"),
        (109_500, "300 years"),
    ],
)  # fmt: skip
def test_a_span_changes_its_unit_where_people_do(days, text):
    """Days below two weeks, weeks below two months, months below two years."""
    assert text == lasted(NOW, NOW + timedelta(days=days))


# --- which statement is asked for ------------------------------------------------------------------


def matches(facts, question, asker=None):
    """subject and value -> how well the stored fact is what the question asks for."""
    with Memory(":memory:", "plain", "hashing", clock=lambda: NOW) as memory:
        for who in ("Ann", "Bob", *([asker] if asker else [])):
            memory.remember({"who": who, "text": "hello there"})
        put = tuple(fact(f"f{n}", *one[:2], **one[2]) for n, one in enumerate(facts))
        memory.store.apply(Change(puts=put, reason="test"), scope=memory.scope, embed=memory.embedder.embed)
        ctx = memory._ctx()
        found = stated(Cue(question, NOW), Hits(ctx.store), ctx)
        assert [one.match for one in found] == sorted((one.match for one in found), reverse=True)
        return {(one.known.says.subject, one.known.says.value): one.match for one in found}


@pytest.mark.parametrize(
    ("question", "one", "match"),
    [
        ("What is Ann's locker code?", ("locker code", "7315", {}), 1.0),
        ("What is Bob's locker code?", ("locker code", "7315", {}), None),
        ("What is the locker code?", ("locker code", "7315", {}), 0.75),
        ("What is Ann's shoe size?", ("locker code", "7315", {}), None),
        ("Where does Ann live?", ("home", "Oslo", {}), 1.0),
        ("Where does Ann live?", ("employer", "Acme", {}), 0.9 * 0.3),
        ("How many lockers does Ann have?", ("lockers", "green", {}), None),
        ("How many lockers does Ann have?", ("lockers", "three", {}), 1.0),
        ("When is Ann's birthday?", ("birthday", "3 May", {"at": on(1)}), 1.0),
        ("When is Ann's birthday?", ("birthday", "unknown", {"at": on(1)}), None),
        ("Why does Ann live in Oslo?", ("home", "Oslo", {}), None),
        ("Who is Ann's home?", ("home", "Oslo", {}), None),
        ("What did Ann plan?", ("plan", "a b c d e f g h i", {}), None),
    ],
)
def test_a_match_is_subject_times_attribute_times_words(question, one, match):
    """By name or nobody named; in its own words or half of them; three tenths and the share of words held."""
    found = matches([one], question)

    assert ({} if match is None else {("Ann", one[1]): match}) == pytest.approx(found, abs=0.011)


def test_half_of_an_attributes_words_ask_for_it_with_six_tenths():
    """ "Gym code" for a locker code; a third of the words asks for nothing."""
    assert 0.6 * 0.3 - 0.01 <= matches([("locker code", "7315", {})], "What is Ann's gym code?")["Ann", "7315"] <= 0.6
    assert {} == matches([("locker room code", "7315", {})], "What is Ann's gym code?")


def test_i_in_a_question_is_the_one_who_asks():
    """And a question that names nobody is of the asker first."""
    facts = [("home", "Oslo", {"subject": "user"}), ("home", "Rome", {"subject": "Ann"})]

    assert {("user", "Oslo")} == set(matches(facts, "Where do I live?", "user"))
    found = matches([("locker code", "7315", {"subject": "user"}), ("locker code", "12", {})], "locker code?", "user")
    assert 1.0 == pytest.approx(found["user", "7315"])
    assert 0.75 == pytest.approx(found["Ann", "12"])


# --- the opening of a context ----------------------------------------------------------------------


def bonn(state):
    return known("home", "Bonn", state, on(1), on(2))


@pytest.mark.parametrize(
    ("statements", "line"),
    [
        ((OSLO, ROME), "Now: Ann: home: Oslo (since 1 Mar 2024; until then Rome)"),
        ((REX, TOM), "Now: Ann: pets: Rex, Tom (since 1 Jan 2024)"),
        ((known("home", "Oslo"),), "Now: Ann: home: Oslo"),
        ((PARIS,), "Now: Ann: home: Paris (since 1 Sep 2024; planned)"),
        ((ROME,), "Now: Ann: home: not Rome (ended 1 Mar 2024)"),
        ((known("home", "Bonn", polarity=-1),), "Now: Ann: home: not Bonn (holds)"),
        ((OSLO, bonn("corrected")), "Now: Ann: home: Oslo (since 1 Mar 2024; not, as first said, Bonn)"),
        ((OSLO, bonn("cancelled")), "Now: Ann: home: Oslo (since 1 Mar 2024; cancelled: Bonn)"),
        ((OSLO, bonn("denied")), "Now: Ann: home: Oslo (since 1 Mar 2024; denied: Bonn)"),
    ],
)  # fmt: skip
def test_a_line_tells_what_holds_since_when_and_what_held_before(statements, line):
    """Or what became of it."""
    assert line == opening._told(statements)


def test_at_most_five_values_stand_in_a_line():
    """More would be a list, not an opening."""
    many = [known("pets", f"pet{n}", at=on(n)) for n in range(1, 8)]

    assert "Now: Ann: pets: pet1, pet2, pet3, pet4, pet5 (since 1 Jan 2024)" == opening._told(many)


def test_a_line_is_as_little_trusted_as_the_least_of_what_it_says():
    """A report is shown as one."""
    low = Known(OSLO.fact.with_(trust=0.3), OSLO.says, "holds")

    assert opening._told((low, ROME)).startswith('(unverified report) "Now: Ann: home: Oslo')


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ([], ""),
        ([Mark("Ann", "home", "Rome", "ended", on(4, 2), "x", "Oslo")], " (until 2 Apr 2024, now Oslo)"),
        ([Mark("Ann", "home", "Rome", "ended")], " (ended)"),
        ([Mark("Ann", "home", "Rome", "corrected", on(4, 2))], " (corrected 2 Apr 2024)"),
        (
            [Mark("Ann", "home", "Rome", "disputed"), Mark("Ann", "job", "cook", "ended", on(5))],
            " (Rome: disputed; cook: until 1 May 2024)",
        ),
        ([Mark("Ann", "a", f"v{n}", "denied") for n in range(3)], " (v0: denied; v1: denied)"),
    ],
)  # fmt: skip
def test_what_is_over_is_noted_behind_its_text(marks, text):
    """Until when and what is so now; of several, whose; two at most."""
    assert text == opening.note(marks)


# --- a profile -------------------------------------------------------------------------------------


def fact(id, attribute, value, *, subject="Ann", at=None, until=None, evidence=(), **says):
    one = Statement(subject, attribute, value, **says)
    return Item(
        "fact", f"{subject} {attribute} {value}", id, at=at, until=until, data=fact_data(one), evidence=evidence
    )


@pytest.fixture
def held():
    with Memory(":memory:", "plain", "hashing", clock=lambda: NOW) as memory:
        turn = memory.remember({"who": "Ann", "text": "hello", "source": "chat:1"}).ids[0]
        items = (
            fact("h1", "home", "Rome", at=on(1), until=on(3), evidence=(Evidence(turn), Evidence(turn))),
            fact("h2", "home", "Oslo", at=on(3), evidence=(Evidence(turn),)),
            fact("h3", "home", "Kiel", at=on(8)),
            fact("p1", "pets", "Rex", at=on(2)),
            fact("p2", "pets", "Tom", at=on(4)),
            fact("e", "employer", "Acme", at=on(2)),
            fact("e2", "employer", "Initech", at=on(3)),
            fact("d", "diet", "meat", polarity=-1, at=on(2)),
            fact("pl", "plan", "sail", modality="planned", at=on(2)),
            fact("pc", "plan", "climb", modality="cancelled", at=on(2)),
            fact("ev", "event", "the fair", at=on(2)),
            fact("z", "zodiac", "lion"),
            fact("b", "boss", "Ann Lee", subject="Bob", at=on(2)),
            fact("b2", "boss", "Ann Lee", subject="Carl", at=on(1), until=on(2)),
            fact("o", "home", "Lima", subject="Ann's sister"),
            fact("s", "car", "Saab", subject="Anna"),
        )
        change = Change(puts=items, links=(Link("e", "contradicts", "e2"),), reason="test")
        memory.store.apply(change, scope=memory.scope, embed=memory.embedder.embed)
        yield memory


def parts(found):
    return {
        name: {attribute: [one.value for one in rows] for attribute, rows in getattr(found, name).items()}
        for name in ("current", "planned", "history", "roles")
    }


def test_a_profile_sorts_what_holds_what_is_meant_and_what_was(held):
    """Newest first; one value where one holds, unless disputed; what is not eaten holds, what happened is past."""
    found = profile(held.store.view(held.scope), "Ann", now=NOW)

    assert {
        "current": {
            "home": ["Oslo"],
            "employer": ["Initech", "Acme"],
            "pets": ["Tom", "Rex"],
            "diet": ["not meat"],
            "zodiac": ["lion"],
        },
        "planned": {"home": ["Kiel"], "plan": ["sail"]},
        "history": {"home": ["Rome"], "plan": ["climb"], "event": ["the fair"]},
        "roles": {"boss of Bob": ["Ann Lee"]},
    } == parts(found)
    assert [True, True] == [one.disputed for one in found.current["employer"]]
    assert not found.current["home"][0].disputed
    assert ("chat:1",) == found.history["home"][0].sources == found.current["home"][0].sources
    assert ["home", "employer", "pets", "diet", "zodiac"] == list(found.current)


def test_a_profile_is_of_the_moment_that_is_asked_about(held):
    """On the last day of February Rome held; on the day of the change Oslo does."""
    view = held.store.view(held.scope)

    assert ["Rome"] == parts(profile(view, "Ann", now=NOW, as_of=on(2, 29)))["current"]["home"]
    assert ["Oslo"] == parts(profile(view, "Ann", now=NOW, as_of=on(3)))["current"]["home"]
    assert ["Kiel"] == parts(profile(view, "Ann", now=NOW, as_of=on(8)))["current"]["home"]
    assert {"boss of Carl"} == set(profile(view, "Ann", now=NOW, as_of=on(1, 15)).roles)
    assert profile(view, "Ann", now=NOW, as_of=datetime(2024, 2, 29)) == profile(view, "Ann", now=NOW, as_of=on(2, 29))


def test_a_profile_reads_with_dates_and_doubts(held):
    """Since, until, disputed, and where it was said."""
    lines = str(profile(held.store.view(held.scope), "Ann", now=NOW)).splitlines()

    assert "Ann, as of 2024-06-01" == lines[0]
    assert "  home: Oslo (since 2024-03-01) {chat:1}" in lines
    assert "  was home: Rome (since 2024-01-01, until 2024-03-01) {chat:1}" in lines
    assert "  employer: Acme (since 2024-02-01, disputed)" in lines
    assert "  planned plan: sail (since 2024-02-01)" in lines
    assert "  zodiac: lion" in lines
    assert "  boss of Bob: Ann Lee (since 2024-02-01)" in lines


def test_a_name_is_a_whole_word_of_the_subject(held):
    """ "Lee" finds "Ann Lee" and nobody else; a sister is somebody else; "me" is the one who asks."""
    view = held.store.view(held.scope)
    change = Change(puts=(fact("u", "home", "Turku", subject="user"),), reason="test")
    held.store.apply(change, scope=held.scope, embed=held.embedder.embed)

    assert ["Ann Lee"] == parts(profile(view, "Lee", now=NOW))["roles"]["boss of Bob"]
    assert ["Saab"] == parts(profile(view, "anna", now=NOW))["current"]["car"]
    assert "Lima" not in str(profile(view, "Ann", now=NOW))
    view = held.store.view(held.scope)
    assert {"current": {"home": ["Turku"]}, "planned": {}, "history": {}, "roles": {}} == parts(
        profile(view, "me", now=NOW)
    )


# --- statements in a row ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The capital of Norway is Oslo.", ("Norway", "capital", "Oslo")),
        ("7. The capital of Norway is Oslo.", ("Norway", "capital", "Oslo")),
        ("Is the capital of Norway Oslo?", None),
        ("Jane Austen is not a citizen of Norway.", None),
        ("The capital of Norway is Oslo " + "and so on " * 40, None),
    ],
)
def test_a_text_of_one_plain_statement_is_one(text, found):
    """Questions, long texts and texts that say more are talk."""
    told = [(one.subject, one.slot, one.value) for one in multi_hop.statements(Item("turn", text), 0, 0)]

    assert ([] if found is None else [found]) == told


def test_a_stored_fact_is_a_statement_unless_it_is_denied():
    """With the words that name the relation, and not those of its ends."""
    (one,) = multi_hop.statements(fact("f", "home", "Oslo"), 3, 4)

    assert ("Ann", "home", "Oslo", 3, 4) == (one.subject, one.slot, one.value, one.row, one.number)
    assert "home" in one.words
    assert not {"oslo", "ann"} & one.words
    assert [] == multi_hop.statements(fact("f", "home", "Oslo", polarity=-1), 3, 4)
    assert [] == multi_hop.statements(Item("fact", "x", data={"subject": "Ann"}), 3, 4)


FACTS = (
    "The author of Emma is Jane Austen.",
    "Jane Austen is a citizen of Norway.",
    "The capital of Norway is Oslo.",
    "Oslo is located in the continent of Europe.",
    "The capital of France is Paris.",
)


@pytest.mark.parametrize(
    ("question", "steps", "covered"),
    [
        ("Who is the author of Emma?", (0,), 1.0),
        ("Who wrote Emma?", (0,), 1.0),
        ("What is the capital of Norway?", (2,), 1.0),
        ("What is the capital of the country of which the author of Emma is a citizen?", (0, 1, 2), 1.0),
        ("On which continent is the capital of Norway?", (2, 3), 1.0),
        ("Who is the spouse of Emma?", None, None),
        ("What is the colour of the capital of Norway?", (2,), 0.5),
    ],
)
def test_a_chain_goes_by_every_step_that_the_question_names(space, question, steps, covered):
    """And no further; what it does not account for lowers its share."""
    memory = space(*FACTS)
    ctx = memory.ctx()
    rows = ctx.store.rows(Where())

    found = multi_hop.chain(memory.cue(question), Hits(ctx.store, rows, [0.9, 0.8, 0.7, 0.6, 0.5]), ctx)

    assert steps == (None if found is None else tuple(step.row for step in found.steps))
    assert found is None or pytest.approx(covered, abs=0.2) == found.covered
    if found is not None:
        hits = multi_hop.hits_of(found, Hits(ctx.store, rows[:3], [0.9, 0.8, 0.7]))
        assert [round(0.9 - 0.1 * step, 4) if step < 3 else 0.0 for step in steps] == [round(h.score, 4) for h in hits]
        assert [[f"{step.subject}: {step.slot}"] for step in found.steps] == [hit.why["path"] for hit in hits]


def test_a_name_inside_a_longer_name_of_the_question_begins_no_chain(space):
    """ "Norway House" is not Norway."""
    memory = space("The capital of Norway is Oslo.", "The owner of Norway House is Ann Lee.")
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.8])

    assert "Ann Lee" == multi_hop.chain(memory.cue("Who is the owner of Norway House?"), hits, ctx).value
    assert multi_hop.chain(memory.cue("What is the capital of Norway House?"), hits, ctx) is None


@pytest.mark.parametrize(("talk", "facts"), [(0, True), (1, True), (2, False), (5, False)])
def test_four_of_the_five_best_hits_make_a_list_of_facts(space, talk, facts):
    """Two of talk among five are talk."""
    memory = space(*(FACTS[: 5 - talk]), *(f"Well, I think so too, number {n}, don't you?" for n in range(talk)))
    ctx = memory.ctx()

    assert facts == multi_hop.mostly_statements(Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.8, 0.7, 0.6, 0.5]))
    assert not multi_hop.mostly_statements(Hits(ctx.store))


def test_of_two_values_the_newer_counts_by_its_time(space):
    """Not by the order in which they came."""
    memory = space(
        {"text": "The capital of Norway is Oslo.", "at": "2024-02-01"},
        {"text": "The capital of Norway is Bergen.", "at": "2024-01-01"},
    )
    ctx = memory.ctx()

    found = multi_hop.chain(
        memory.cue("What is the capital of Norway?"), Hits(ctx.store, ctx.store.rows(Where()), [0.5, 0.9]), ctx
    )

    assert "Oslo" == found.value


def test_what_is_denied_is_told_only_where_it_is_asked_for():
    assert told("What can Ann eat?", NO_NUTS) is None


def test_what_began_later_did_not_hold_on_the_day_that_is_asked_about():
    """Of Rome from January and Oslo from June it was Rome in March, in the answer and in the context."""
    with Memory(":memory:", clock=lambda: NOW, reader=None) as memory:
        memory.remember([{"who": "Ann", "text": "I live in Rome.", "at": "2024-01-10", "source": "a"}])
        memory.remember([{"who": "Ann", "text": "I moved to Oslo.", "at": "2024-05-10", "source": "b"}])
        memory.sleep()
        asked = "Where does Ann live?"

        then, now = memory.ask(asked, as_of="2024-03-01"), memory.ask(asked)
        context = memory.context(asked, 300, as_of="2024-03-01").text

    assert ("Rome", "Oslo") == (then.short, now.short)
    assert "Now: Ann: home: Rome (since 10 Jan 2024) {a}" in context


ASKED_FOR = (
    ("Which Python does the project run on?", {"python version": 1.0, "project name": 1.0}),
    ("Which Python does Ada use?", {"python version": 0.6}),
    ("What is the project called?", {"project name": 1.0}),
    ("When is the tax date?", {"tax date": 1.0}),
    ("When is the tax due?", {"tax date": 1.0}),
    ("What is the wifi password?", {"wifi password": 1.0}),
    ("What is the password?", {"wifi password": 0.6}),
    ("What is the colour of the boat?", {"boat colour": 1.0}),
    ("Where does Ann live?", {"home": 1.0, "employer": 0.9}),
    ("What does Ann earn?", {"salary": 1.0}),
)


@pytest.mark.parametrize(("question", "matches"), ASKED_FOR)
def test_an_attribute_is_asked_for_by_its_own_words_or_by_those_that_stand_for_it(
    question: str, matches: dict[str, float]
) -> None:
    """All of them 1, the first that a question's words stand for too, further ones .9, half of the words .6."""
    names = ["python version", "project name", "tax date", "wifi password", "boat colour", "home", "employer", "salary"]
    asked = read(question, at=NOW, asker="Ann", people=["Ada", "Ann"])

    found = dict(zip(names, _attribute_matches(names, asked), strict=True))

    assert matches == {name: value for name, value in found.items() if value}
