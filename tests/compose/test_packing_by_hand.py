"""What goes into a context and how it stands there, line by line; and what a model or a rule makes of an answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remanence.compose import pack
from remanence.compose.answer import answer, extracted
from remanence.compose.answer_extraction import Candidate, CandidateSentence
from remanence.compose.bands import QUOTE, bar_of_quotes, chance, of_quote, of_rules, of_span
from remanence.compose.fence import doubt_of, escape, fenced, strip, wrap
from remanence.compose.listing import listing
from remanence.compose.pack import snippets
from remanence.compose.reading import Read, agreed, chosen
from remanence.language.question import read as read_question
from remanence.language.tokens import count_tokens
from remanence.models.scripted import Script
from remanence.types import Context, Hit, Hits, Item, Where

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def hits_of(memory, *scores, **more):
    ctx = memory.ctx()
    rows = ctx.store.rows(Where())[: len(scores)]
    return Hits(ctx.store, rows, scores, **more)


def packed(memory, scores, text="cue", budget=400, stage=snippets, **knobs):
    ctx = memory.ctx()
    return stage(**knobs)(memory.cue(text), hits_of(memory, *scores), ctx, budget)


def lines(context):
    return str(context).splitlines()[1:-1]


def test_days_and_sessions_have_their_headings_and_turns_their_order(space):
    """Oldest first, whatever was found first; what sources share stands in the heading once."""
    memory = space(
        {"who": "Ada", "text": "second day", "at": "2024-03-02T09:00", "session": "a", "source": "chat/1:3"},
        {"who": "Ben", "text": "first day", "at": "2024-03-01T09:00", "session": "a", "source": "chat/1:1"},
        {"who": "Ada", "text": "first day too", "at": "2024-03-01T10:00", "session": "a", "source": "chat/1:2"},
        {"who": "Cid", "text": "no day", "session": "b", "source": "book/9"},
        {"who": "Dan", "text": "other chat", "at": "2024-03-03T10:00", "session": "c", "source": "mail/7"},
        {"text": "no source", "at": "2024-03-04T10:00", "session": "d", "who": "Eve"},
    )
    context = packed(memory, [0.5, 0.9, 0.4, 0.3, 0.2, 0.6])

    ids = [item.id for item in memory.memory.list(limit=0)]
    assert [
        "[1 Mar 2024] chat", "Ben: first day {1:1}", "Ada: first day too {1:2}",
        "[2 Mar 2024]", "Ada: second day {1:3}", "[3 Mar 2024] mail", "Dan: other chat {7}",
        "[4 Mar 2024]", "Eve: no source {#5}",
        "[1 June 2024] book", "Cid: no day {9}",
    ] == lines(context)  # fmt: skip
    assert ("chat/1:1", "chat/1:2", "chat/1:3", "mail/7", ids[5], "book/9") == context.sources
    assert not context.truncated


def test_texts_with_half_the_words_in_common_are_told_once_at_that_bound(space):
    """Jaccard 3/4: told once up to that bound, twice above it; sets of very different sizes are never compared."""
    memory = space("boats sail far", "boats sail far north", "a heron stood still in the reeds by the lake at dawn")

    for bound, told in ((0.75, 2), (0.76, 3), (0.05, 2)):
        assert told == len(packed(memory, [0.9, 0.8, 0.7], max_jaccard=bound).sources), bound
    assert pack._alike(frozenset("abcd"), frozenset("abc"), 0.75)
    assert not pack._alike(frozenset("abcde"), frozenset("abc"), 0.75)


def test_hits_far_below_the_best_are_not_told(space):
    """From the floor's share of the best score on."""
    memory = space("boats sail", "trees grow", "rivers run")

    assert ["boats", "trees"] == [line.split()[1] for line in lines(packed(memory, [0.8, 0.4, 0.39], floor=0.5))[1:]]


def test_a_short_text_beats_a_long_one_of_equal_score(space):
    """By the length penalty; without one the earlier stands first."""
    long = "boats " + " ".join(f"word{n}" for n in range(60))
    memory = space({"text": long, "source": "long"}, {"text": "trees grow", "source": "short"})
    small = count_tokens(long) // 3 + 20

    with_penalty = packed(memory, [0.8, 0.8], budget=small, length_penalty=0.5)
    assert ("short",) == with_penalty.sources[:1]
    assert with_penalty.truncated


def test_the_question_before_a_good_hit_comes_along_with_half_its_score(space):
    """For the best `include_question`; what does not ask stays away."""
    memory = space(
        {"who": "Ben", "text": "What colour is the boat?", "session": "a"},
        {"who": "Ada", "text": "Green.", "session": "a"},
        {"who": "Ben", "text": "I see.", "session": "b"},
        {"who": "Ada", "text": "Blue.", "session": "b"},
        {"who": "Ben", "text": "And the mast?", "session": "c"},
        {"who": "Ada", "text": "White.", "session": "c"},
    )
    ctx = memory.ctx()
    rows = ctx.store.rows(Where())
    hits = Hits(ctx.store, rows[[1, 3, 5]], [0.9, 0.8, 0.7])
    told = {}
    for most in (0, 1, 2, 3):
        context = snippets(include_question=most)(memory.cue("colour"), hits, ctx, 400)
        told[most] = {hit.text: hit for hit in context.hits if hit.text.endswith(("?", "see."))}

    assert [set(), {"What colour is the boat?"}, {"What colour is the boat?"}] == [set(told[n]) for n in (0, 1, 2)]
    assert {"What colour is the boat?", "And the mast?"} == set(told[3])
    asked = told[3]["What colour is the boat?"]
    assert (0.45, ["asked before"]) == (pytest.approx(asked.score), asked.why["path"])


def test_a_picture_is_told_where_there_is_room_or_where_it_is_asked_for(space):
    """The first `full_snippets` show what they show; later ones when a word of the cue is in it."""
    memory = space(*({"text": f"look number {n}", "data": {"caption": f"a boat {n}"}} for n in range(3)), "the end")

    first = str(packed(memory, [0.9, 0.8, 0.7], text="zebra", full_snippets=1))
    asked = str(packed(memory, [0.9, 0.8, 0.7], text="boat", full_snippets=1))

    assert 1 == first.count("[shows a boat")
    assert 3 == asked.count("[shows a boat")
    assert "look number 0 [shows a boat 0]" in first


SENTENCES = (
    "The harbour was quiet in the morning. Gulls cried over the water all day. "
    "The keeper of the light was called Ines. Nobody else lived on the island. Ships passed far away at night. "
)


def test_a_long_text_keeps_the_sentences_that_the_cue_is_about(space):
    """In their order, with dots where something is missing, up to the most that one text may cost."""
    memory = space(SENTENCES.strip())
    cue, ctx = memory.cue("What was the keeper of the light called?"), memory.ctx()
    words = frozenset({"keeper", "light", "called"})
    whole = count_tokens(SENTENCES.strip())

    assert (SENTENCES.strip(), False) == pack._excerpt(SENTENCES, cue, words, ctx, whole)
    for longest in (14, 20, 24, 34):
        text, cut = pack._excerpt(SENTENCES, cue, words, ctx, longest)
        assert cut
        assert "The keeper of the light was called Ines." in text
        assert count_tokens(text.replace("...", "")) <= longest
        parts = [part.strip() for part in text.split("...") if part.strip()]
        assert sorted(parts, key=SENTENCES.index) == parts
        assert text.startswith("... ") == (not text.startswith("The harbour"))
        assert text.endswith(" ...") == (not text.rstrip(". ").endswith("at night"))


def test_a_sentence_is_kept_for_its_words_its_place_and_while_there_is_room(space):
    """A word of the cue counts, the first one counts a little more, and with five tokens left no more is tried."""
    memory = space("x")
    cue, ctx = memory.cue("zebra"), memory.ctx()
    parts = ["The gulls are here again.", "The boats are here again.", "The nets are here again."]
    text = " ".join(parts)
    one = count_tokens(parts[0])
    near = (ctx.embed(parts) @ ctx.embedder.embed_query("zebra")).tolist()
    near[0] += 0.05

    for number, word in enumerate(("gulls", "boats", "nets")):
        value = [score + 0.25 * (place == number) for place, score in enumerate(near)]
        kept, _ = pack._excerpt(text, cue, frozenset({word}), ctx, one)
        assert [part for part in parts if part in kept] == [parts[value.index(max(value))]]
    same = " ".join([parts[0]] * 3)
    assert f"{parts[0]} ..." == pack._excerpt(same, cue, frozenset(), ctx, one)[0]
    short = f"{parts[0]} So it was. {parts[1]}"
    words = frozenset({"gulls"})
    assert f"{parts[0]} ..." == pack._excerpt(short, cue, words, ctx, one + 6)[0]
    assert f"{parts[0]} So it was. ..." == pack._excerpt(short, cue, words, ctx, one + 7)[0]


def test_the_first_words_of_one_endless_sentence_are_kept(space):
    """As many as cost less than the bound; a single word is cut by letters."""
    text = " ".join(f"word{n}" for n in range(200))

    clipped = pack._clip(text, 20)

    kept = clipped.removesuffix(" ...").split()
    assert text.split()[: len(kept)] == kept
    assert count_tokens(" ".join(kept)) < 20 <= count_tokens(" ".join(text.split()[: len(kept) + 1]))
    assert f"{'x' * 40} ..." == pack._clip("x" * 500, 10)


@pytest.mark.parametrize(("room", "cut"), [(13, True), (11, True), (60, False)])
def test_what_is_left_out_for_want_of_room_is_said(space, room, cut):
    """Also when the room is too small to try the next one; a context that holds all says nothing."""
    memory = space("boats sail far", "trees grow high up")
    all_of_it = packed(memory, [0.9, 0.8], fenced=False).tokens
    first = packed(memory, [0.9], fenced=False).tokens

    context = packed(memory, [0.9, 0.8], budget=first + room - 8 if cut else all_of_it + 40, fenced=False)

    assert cut == context.truncated
    assert (1 if cut else 2) == len(context.sources)
    assert not packed(memory, [0.9], budget=first + 8, fenced=False).truncated


def test_an_empty_context_is_as_sure_as_its_hits(space):
    """Not at all when nobody says how sure; the sentences that share words with the cue win over those that do not."""
    memory = space("x")
    ctx = memory.ctx()

    assert 0.0 == snippets()(memory.cue("x"), Hits(ctx.store), ctx, 100).confidence
    assert 0.4 == snippets()(memory.cue("x"), Hits(ctx.store, confidence=0.4), ctx, 100).confidence
    assert 0.0 == packed(memory, [0.9]).confidence
    assert 0.0 == packed(memory, [0.9], stage=listing).confidence


def test_a_list_tells_whole_texts_until_the_room_is_spent(space):
    """A text that does not fit is left out and said; a smaller one behind it still comes in."""
    long = " ".join(f"word{n}" for n in range(50))
    memory = space(
        {"who": "Ada", "text": "first", "at": "2024-03-01T09:30", "source": "a"},
        {"text": long, "source": "b"},
        {"who": "Cid", "text": "third\nline", "source": "c"},
    )
    context = packed(memory, [0.9, 0.8, 0.7], budget=70, stage=listing)
    assert ["1. [2024-03-01 09:30] Ada: first {a}", "2. [2024-06-01 12:00] Cid: third", "   line {c}"] == lines(context)
    assert (("a", "c"), True) == (context.sources, context.truncated)
    bare = packed(memory, [0.9], budget=70, stage=listing, fenced=False)
    assert "1. [2024-03-01 09:30] Ada: first {a}" == str(bare)
    assert not bare.truncated
    exact = count_tokens(str(bare)) + 1
    assert "" != str(packed(memory, [0.9], budget=exact, stage=listing, fenced=False))
    assert "" == str(packed(memory, [0.9], budget=exact - 1, stage=listing, fenced=False))


@pytest.mark.parametrize(
    ("trust", "said"), [(1.0, ""), (0.7, ""), (0.69, "tool output"), (0.5, "tool output"), (0.49, "unverified report")]
)
def test_doubt_goes_by_trust(trust, said):
    """From .7 on nobody doubts, from .5 on a tool is meant, below it is a report."""
    assert said == doubt_of(trust)


def test_a_block_is_known_by_its_own_marks_only():
    """Whole, cut, or written into; with text around it; the id of another text or space is somebody's words."""
    sign, other = (lambda text, salt=salt: hash_of(salt + text) for salt in ("a", "b"))
    block = fenced("one\ntwo\n  three", sign)
    held = lambda rows: ["two" in row for row in rows]  # noqa: E731
    (id,) = re.findall(r'^<memory id="(\d{12})">', block)

    assert ("before  after", (id,)) == strip(f"before {block} after", sign, held)
    assert (f"before {block}", ()) == strip(f"before {block}", other, held)
    changed = block.replace("one", "new words")
    assert ("new words", (id,)) == strip(changed, sign, held)
    assert ("x", (id,)) == strip("x\n" + block.rpartition("\n")[0], sign, held)
    assert ["x", "one"] == strip("x\n" + block.rpartition("\n  three")[0], sign, held)[0].split()
    assert ("and more", (id,)) == strip(block.partition("\n")[2] + "and more", sign, held)
    swapped = block.replace(id, id[:6] + f"{(int(id[6:]) + 1) % 10**6:06d}")
    assert (swapped, ()) == strip(swapped, sign, held)
    two = f"{block}\nmine\n{fenced('two', sign)}"
    assert "mine" == strip(two, sign, held)[0]
    assert 2 == len(strip(two, sign, held)[1])
    assert f'<memory id="{id}">\nx\n</memory id="{id}">' == wrap("x", id)
    assert "&lt;system>" == escape("<system>")


def hash_of(text):
    value = 7
    for character in text:
        value = (value * 1_000_003 + ord(character)) % (2**61 - 1)
    return value


def test_later_texts_are_cut_to_two_thirds_and_a_question_to_half(space):
    """The first `full_snippets` get `max_snippet_tokens`, the others less."""

    def long(topic):
        return " ".join(f"The {topic} number {chr(97 + n)}{topic} stood there." for n in range(30))

    memory = space(
        {"who": "Ben", "text": f"{long('tower')} Was it so?", "session": "s"},
        {"who": "Ada", "text": long("boat"), "session": "s"},
        {"who": "Ada", "text": long("heron"), "session": "t"},
    )
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where())[1:], [0.9, 0.8])
    context = snippets(full_snippets=1, max_snippet_tokens=60)(memory.cue("boat heron tower"), hits, ctx, 600)
    whole = snippets(full_snippets=9, max_snippet_tokens=60)(memory.cue("boat heron tower"), hits, ctx, 600)

    def cost(context, topic):
        line = next(line for line in lines(context) if f"The {topic}" in line)
        return count_tokens(line.partition(": ")[2].rpartition(" {")[0].replace("...", ""))

    assert 50 < cost(context, "boat") <= 60
    assert 30 < cost(context, "heron") <= 40
    assert 20 < cost(context, "tower") <= 30
    assert 50 < cost(whole, "heron") <= 60


def test_a_passage_is_told_longer_than_what_somebody_said(space):
    """Twice as long, and at most a third of the budget; a smaller limit holds for both."""
    text = " ".join(f"The heron number {chr(97 + n // 26)}{chr(97 + n % 26)} stood in the reeds." for n in range(60))
    memory = space(text, {"who": "Ada", "text": text.replace("heron", "boat")})
    ctx = memory.ctx()
    hits = Hits(ctx.store, ctx.store.rows(Where()), [0.9, 0.8])

    def cost(topic, budget, **knobs):
        context = snippets(**knobs)(memory.cue("heron boat reeds"), hits, ctx, budget)
        return sum(count_tokens(part) for part in context.text.split(".") if topic in part)

    assert 120 < cost("heron", 1000) <= 180
    assert 60 < cost("heron", 400) <= 130
    assert 60 < cost("boat", 1000) <= 90
    assert cost("heron", 1000, max_snippet_tokens=20) <= 60


# --- a reader --------------------------------------------------------------------------------------


def reading(number, said="x", answerable=0.8, weight=0.8, who="Ada", at=NOW):
    return Read(
        number, Hit(Item("turn", said, f"i{number}", who=who, at=at), 0.5), 0, 1, said, answerable, 0, 0, weight, False
    )


def test_the_chance_of_a_value_grows_with_what_is_read():
    """More read is likelier, a list no likelier than one value, and nothing is likelier than that memory knows."""
    none, sure = (of_span(one, [one], "thing") for one in (reading(0, answerable=0.0), reading(0, answerable=1.0)))
    listed = of_rules(["red", "blue"], 0, [reading(0, said="red")], "thing")

    assert chance(0.7, none) < chance(0.7, sure)
    assert chance(0.7, listed) <= chance(0.7, of_rules(["red"], 0, [reading(0, said="red")], "thing"))
    assert chance(0.9, sure) > 0.7
    assert [0.1, 0.3] == [chance(known, sure) for known in (0.1, 0.3)]


def test_sentences_are_quoted_where_they_likely_hold_the_answer():
    """The surer the reader is of the first one, the likelier; two thirds are wanted, or as much as is asked for."""
    none, sure = of_quote(reading(0, answerable=0.0)), of_quote(reading(0, answerable=1.0))

    assert chance(0.9, none, fitted=QUOTE) < 0.5 < chance(0.9, sure, fitted=QUOTE)
    assert [0.0, 0.34, 0.68, 0.7, 0.9] == [bar_of_quotes(least) for least in (0.0, 0.31, 0.62, 0.7, 0.9)]


def test_a_value_far_ahead_of_other_words_is_likelier_right_and_a_quote_of_a_hit_that_recall_trusts():
    """Either sign moves its chance by itself; the same words elsewhere are no rival."""
    one, rival, same = reading(0, said="red"), reading(1, said="blue", weight=0.7), reading(1, said="Red", weight=0.7)

    def likely(first, *others):
        return chance(0.9, of_span(first, [first, *others], "thing"))

    assert likely(one, rival) < likely(one) == likely(one, same)
    seldom, often = (of_quote(replace(one, found=found)) for found in (0.01, 0.6))
    assert chance(0.9, seldom, fitted=QUOTE) < chance(0.9, often, fitted=QUOTE)


def test_for_what_is_so_now_the_latest_of_the_close_readings_counts():
    """Of the same speaker, sure by itself, and within six tenths of the best."""
    now, then = (read_question(text, at=NOW) for text in ("Where do I live now?", "Where did I live?"))
    best = reading(0, weight=1.0, at=NOW - timedelta(days=9))
    later = reading(1, weight=0.6, at=NOW)

    assert later is chosen([best, later], now)
    assert best is chosen([best, later], then)
    for other in (
        replace(later, weight=0.59),
        replace(later, answerable=0.69),
        reading(1, weight=0.6, who="Ben"),
        reading(1, weight=0.6, at=None),
        reading(1, weight=0.6, at=NOW - timedelta(days=10)),
    ):
        assert best is chosen([best, other], now)


def test_a_candidate_gains_by_what_the_reader_says_of_its_hit(space):
    """One for standing in the hit that counts most, three more for its very words, in proportion."""
    said = [CandidateSentence(hit, 0, "x", {}) for hit in (0, 1, 2)]
    scores = (("red boat", 1.0), ("boat", 1.0), ("mast", 4.0))
    found = [Candidate(text, place, "phrase", score=score) for place, (text, score) in enumerate(scores)]
    reads = [reading(0, "red boat", weight=1.0), reading(1, "red boat", weight=0.5)]

    told = {one.text: one.score for one in agreed(found, said, reads)}

    assert {"red boat": 5.0, "mast": 4.0, "boat": 1 + 0.5 * (3 * 2 / 3 + 1)} == pytest.approx(told)
    assert ["red boat", "mast", "boat"] == list(told)


# --- answers ---------------------------------------------------------------------------------------


def asked(space, question, *turns, sure=0.9, scores=None, context=None, llm=None, threshold=None):
    memory = space(*turns)
    ctx = memory.ctx()
    ctx.llm, ctx.reader = llm, None
    hits = hits_of(memory, *(scores or [0.9 - 0.1 * n for n in range(len(turns))]), confidence=sure)
    made = context if context is not None else snippets()(memory.cue(question), hits, ctx, 400)
    return answer(memory.cue(question), hits, made, ctx, threshold=threshold)


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Did Ada paint the old boat?", "I painted the old boat.", "yes"),
        ("Did Ada paint the old boat?", "I never painted the old boat.", "no"),
        ("Did Ada not paint the old boat?", "I did not paint the old boat.", "yes"),
        ("Did Ada not paint the old boat?", "I painted the old boat.", "no"),
        ("Did Ada paint the old boat?", "I might paint the old boat.", ""),
        ("Would Ada paint the old boat?", "I painted the old boat.", ""),
        ("Did Ada paint the old boat?", "Did I paint the old boat?", ""),
        ("Did Ada paint the old boat?", "I like the sea.", ""),
    ],
)
def test_yes_or_no_only_where_one_sentence_says_it_plainly(space, question, text, verdict):
    """Not where it is a guess, asks itself, or says less than six tenths of the question."""
    told = asked(space, question, {"who": "Ada", "text": text}, {"who": "Ada", "text": "Rain again."}, threshold=0)

    assert verdict == (told.short if told.short in ("yes", "no") else "")
    assert text in told.text


@pytest.mark.parametrize(
    ("said", "verdict"), [("Yes, last week.", "yes"), ("No, not at all.", "no"), ("Maybe so.", "")]
)
def test_the_answer_to_the_same_question_before_decides(space, said, verdict):
    """Somebody asked it, and the next turn says yes or no."""
    told = asked(
        space,
        "Did Ada paint the old boat?",
        {"who": "Ada", "text": said, "session": "s", "at": "2024-05-02T10:01"},
        {"who": "Ben", "text": "Fine weather.", "session": "t"},
        threshold=0,
    )
    assert "" == (told.short if told.short in ("yes", "no") else "")
    memory = space(
        {"who": "Ben", "text": "Did you paint the old boat?", "session": "s"},
        {"who": "Ada", "text": said, "session": "s"},
    )
    ctx = memory.ctx()
    ctx.reader = None
    hits = Hits(ctx.store, ctx.store.rows(Where())[1:], [0.9])
    told = extracted(memory.cue("Did Ada paint the old boat?"), hits, ctx, 0.9)

    assert verdict == (told.short if told.short in ("yes", "no") else "")


@pytest.mark.parametrize(
    ("said", "side"),
    [
        (("We took the bus to town.", "Shall we take the train?"), "bus"),
        (("We took the train to town.", "Shall we take the bus?"), "train"),
        (("We never took the bus.", "We took the train."), "train"),
        (("We took the bus. The bus was full.", "The train?"), "bus"),
    ],
)
def test_of_two_sides_the_one_that_is_told_of_is_meant(space, said, side):
    """A sentence that asks counts half, one that denies half."""
    turns = [{"who": "Ada", "text": text} for text in said]

    told = asked(space, "Did Ada take the bus or the train?", *turns, scores=[0.8, 0.8], threshold=0)

    assert side == told.short


@pytest.mark.parametrize(("others", "side"), [(1, "train"), (3, "bus")])
def test_the_word_of_whom_it_is_asked_counts_twice_that_of_another(space, others, side):
    """So three sentences of somebody else outweigh one of hers, and one does not."""
    full = ("The bus was full.", "The bus was late.", "The bus was red.")[:others]
    turns = [{"who": "Ada", "text": "The train was full."}, *({"who": "Ben", "text": text} for text in full)]

    told = asked(space, "Did Ada take the bus or the train?", *turns, scores=[0.8] * len(turns), threshold=0)

    assert side == told.short


@pytest.mark.parametrize(
    ("sure", "threshold", "known"), [(0.62, None, True), (0.61, None, False), (0.49, 0.4, True), (0.9, 0.95, False)]
)
def test_below_the_threshold_it_is_not_in_memory(space, sure, threshold, known):
    """Sixty-two hundredths unless it is said; the nearest hits are shown, three at most, and the confidence."""
    turns = [{"who": "Ada", "text": f"I like boat number {n} a lot."} for n in range(5)]
    told = asked(space, "What does Ada like?", *turns, sure=sure, threshold=threshold)

    assert known == told.in_memory
    assert sure == pytest.approx(told.confidence)
    if not known:
        assert (f"Not in memory (confidence {sure:.2f}).", "not in memory", ()) == (told.text, told.short, told.sources)
        assert 3 == len(told.evidence)
    assert told.context


def test_without_hits_nothing_is_known(space):
    """Confidence 0, no evidence."""
    memory = space("x")
    ctx = memory.ctx()

    told = answer(memory.cue("What?"), Hits(ctx.store, confidence=0.9), Context("", 0), ctx)

    assert (False, 0.0, ()) == (told.in_memory, told.confidence, told.evidence)


@pytest.mark.parametrize(
    ("reply", "short", "sources", "sure"),
    [
        ({"answer": " Green\n boat ", "citations": [2], "in_memory": True}, "Green boat", ("s1",), 0.75),
        ({"answer": "Green", "citations": [1, 2, 1], "in_memory": True}, "Green", ("s0", "s1"), 0.75),
        ({"answer": "Green", "citations": [0, 3, 2], "in_memory": True}, "Green", ("s1",), 0.75),
        ({"answer": "Green", "citations": [1], "in_memory": False}, "not in memory", (), 0.25),
        ({"answer": " ", "citations": [1], "in_memory": True}, "not in memory", (), 0.6),
    ],
)
def test_a_model_cites_the_snippets_that_it_was_shown(space, reply, short, sources, sure):
    """By their numbers from 1; its no is believed more than the ranks, its yes a little more; nothing is no answer."""
    seen = {}

    def model(messages):
        seen.update(json.loads(messages[-1]["content"]))
        return reply

    said = enumerate(("A boat.", "It is green."))
    turns = [{"who": "Ada", "text": text, "source": f"s{n}", "at": f"2024-03-0{n + 1}"} for n, text in said]
    told = asked(space, "What colour is the boat?", *turns, sure=0.6, llm=Script(model))

    assert (short, sources) == (told.short, told.sources)
    assert pytest.approx(sure) == told.confidence
    assert [(1, "s0", "2024-03-01"), (2, "s1", "2024-03-02")] == [
        (one["number"], one["source"], one["said_on"]) for one in seen["snippets"]
    ]
    surer = asked(space, "What colour is the boat?", *turns, sure=0.9, llm=Script(model))
    assert surer.confidence == pytest.approx(0.25 if sure == 0.25 else 0.9)


def test_of_two_sentences_the_one_that_the_cue_is_about_is_kept(space):
    """The second as well as the first."""
    memory = space("x")
    cue, ctx = memory.cue("What was the keeper of the light called?"), memory.ctx()
    text = "Gulls cried over the water of the harbour all day long. The keeper of the light was called Ines."

    told = pack._excerpt(text, cue, frozenset({"keeper", "light", "called"}), ctx, 14)

    assert ("... The keeper of the light was called Ines.", True) == told


def test_what_sources_share_is_paid_for_once(space):
    """So a budget that holds the whole tells the whole."""
    folder = "archive of the harbour master/letters of the year/drafts"
    memory = space(
        *({"who": "Ada", "text": f"boat {n} sailed", "session": "s", "source": f"{folder}/{n}"} for n in range(12))
    )
    scores = [0.9] * 12
    whole = packed(memory, scores, budget=2000)

    assert 12 == len(packed(memory, scores, budget=whole.tokens + 20).hits)


def test_no_context_is_larger_than_its_budget_and_one_that_leaves_out_says_so(space):
    """Headings that name a long folder for every turn cost more than was reckoned."""
    memory = space(
        *(
            {
                "who": "Ada", "text": f"boat {n} sailed", "session": f"s{n}", "at": f"2024-03-{n + 1:02d}",
                "source": f"archive {n} of the harbour master/letters of the year {n}/drafts/{n}",
            }
            for n in range(12)
        )
    )  # fmt: skip
    for budget in range(100, 700, 25):
        context = packed(memory, [0.9 - n / 100 for n in range(12)], budget=budget)
        assert context.tokens <= budget
        assert context.truncated == (len(context.hits) < 12)
