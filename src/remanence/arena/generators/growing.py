"""Growing histories: the same six kinds of question after 1 to 300 conversations, beside a full-context line.

User facts, assistant facts, changing facts, preferences, implicit connections and abstention, after ConvoMem
(Pakhomov et al. 2025). With its costs it shows from which length on recall beats reading everything.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import CUISINES, NAMES, PLACES, SLOTS, START, TOPICS, chatter

KINDS = ("user fact", "assistant fact", "changing fact", "preference", "implicit connection", "abstention")
RELATIONS = ("sister", "brother", "flatmate", "cousin", "boss", "godmother", "trainer", "tutor")


def growing(files: Files, *, sizes: str = "1+3+10+30+100+300", histories: int = 3, seed: int = 0) -> Iterator[Pool]:
    """`histories` pools for each size, with one question of each kind."""
    for size in (int(part) for part in sizes.split("+")):
        for number in range(histories):
            yield _pool(size, number, random.Random(f"{seed}/{size}/{number}"))


def _pool(size: int, number: int, rng: random.Random) -> Pool:
    slots = rng.sample(SLOTS, 6)
    (fact, fact_values), (change, change_values), (missing, _) = slots[:3]
    topic, advice = rng.choice(TOPICS)
    relation, name, place = rng.choice(RELATIONS), rng.choice(NAMES), rng.choice(PLACES)
    value = rng.choice(fact_values)
    old, new = rng.sample(change_values, 2)
    tip, cuisine = rng.choice(advice), rng.choice(CUISINES)
    planted = [
        ("fact", "user", f"By the way, my {fact} is {value}."),
        ("asked", "user", f"Any idea for {topic}?"),
        ("advice", "assistant", f"For {topic} I would suggest {tip}."),
        ("old", "user", f"My {change} is {old}."),
        ("taste", "user", f"I could eat {cuisine} food every day, nothing makes me happier."),
        ("who", "user", f"My {relation} is called {name}."),
        ("where", "user", f"{name} has moved to {place}."),
        ("new", "user", f"Things changed: my {change} is {new} now."),
    ]
    records, sources = _told(planted, size, rng)
    asked = START + timedelta(days=size)
    table = (
        ("user fact", f"What is my {fact}?", value, ("fact",), ()),
        ("assistant fact", f"What did you suggest to me for {topic}?", tip, ("advice",), ()),
        ("changing fact", f"What is my {change} at the moment?", new, ("new",), (old,)),
        ("preference", "Which kind of restaurant should we book for my birthday?", cuisine, ("taste",), ()),
        ("implicit connection", f"In which town does my {relation} live?", place, ("who", "where"), ()),
    )
    questions = [
        Question(
            id=f"{size}/{number}/{kind}",
            text=text,
            answers=(answer,),
            evidence=tuple(sources[key] for key in keys),
            category=f"{kind}",
            at=asked,
            wrong=wrong,
            data={"size": size},
        )
        for kind, text, answer, keys, wrong in table
    ]
    questions.append(
        Question(
            id=f"{size}/{number}/abstention",
            text=f"What is my {missing}?",
            category="abstention",
            at=asked,
            answerable=False,
            data={"size": size},
        )
    )
    return Pool(f"{size}/{number}", tuple(records), tuple(questions), {"size": size})


def _told(
    planted: Sequence[tuple[str, str, str]], size: int, rng: random.Random
) -> tuple[list[Record], dict[str, str]]:
    """The planted turns in their order over `size` conversations of small talk; key -> source of each planted one."""
    chats: list[list[tuple[str, str, str]]] = [[] for _ in range(size)]
    at = sorted(rng.randrange(size) for _ in planted)
    at[2] = at[1]  # the advice follows its question
    for chat, one in zip(sorted(at), planted, strict=True):
        chats[chat].append(one)
    records: list[Record] = []
    sources: dict[str, str] = {}
    for chat, told in enumerate(chats):
        turns = [turn for _ in range(rng.randint(3, 6)) for turn in _idle(rng)]
        for key, role, text in told:
            turns.append((key, role, text))
            turns += _idle(rng) if role == "user" and key != "asked" else []
        for position, (key, role, text) in enumerate(turns):
            when = START + timedelta(days=chat, minutes=position)
            source = f"c{chat}/t{position}"
            records.append(Record(source, text, role=role, at=when, session=f"c{chat}"))
            if key:
                sources[key] = source
    return records, sources


def _idle(rng: random.Random) -> list[tuple[str, str, str]]:
    said, reply = chatter(rng)
    return [("", "user", said), ("", "assistant", reply)]


def oracle(records: Sequence[Record], question: Question) -> str:
    """The answer, read off the records by the generator's own grammar; "" when nobody said it."""
    texts = [record.text for record in records]
    slot = re.match(r"What is my ([a-z ]+?)(?: at the moment)?\?", question.text)
    if slot:
        return _last(texts, rf"\bmy {slot.group(1)} is (.+?)(?: now)?\.$")
    topic = re.match(r"What did you suggest to me for (.+)\?", question.text)
    if topic:
        return _last(texts, rf"^For {topic.group(1)} I would suggest (.+)\.$")
    relation = re.match(r"In which town does my (\w+) live\?", question.text)
    if relation:
        name = _last(texts, rf"^My {relation.group(1)} is called (\w+)\.$")
        return _last(texts, rf"^{name} has moved to (\w+)\.$")
    return _last(texts, r"^I could eat (\w+) food")


def _last(texts: Sequence[str], pattern: str) -> str:
    """What the last matching text says."""
    found = [hit.group(1) for text in texts if (hit := re.search(pattern, text, re.IGNORECASE))]
    return found[-1] if found else ""
