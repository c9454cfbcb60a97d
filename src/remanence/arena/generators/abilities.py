"""Four abilities: accurate retrieval, test-time learning, long-range understanding, conflict resolution.

After MemoryAgentBench (Hu et al. 2025): facts among much talk, labels learned from examples, something that is
spread over the whole history, and statements of which the newest holds, among newer questions that state nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.generators.words import NAMES, PLACES, SLOTS, START, chatter, draw

ABILITIES = ("accurate retrieval", "test-time learning", "long-range understanding", "conflict resolution")
LABELS = ("kelp", "fern", "moss", "reed")
_ASPECTS = (
    ("battery drains overnight", "charger gets hot", "power button sticks", "battery swells a little"),
    ("parcel never arrived", "courier left it outside", "delivery came a week late", "tracking page is empty"),
    ("invoice shows double", "refund is missing", "card was charged twice", "coupon was not applied"),
    ("screen flickers", "display has a dark spot", "touch panel ignores taps", "image looks washed out"),
)
_TAILS = ("since Sunday", "again", "and I am annoyed", "please help", "for the second time", "after the update")


def abilities(files: Files, *, histories: int = 4, facts: int = 12, noise: int = 150, seed: int = 0) -> Iterator[Pool]:
    """One pool for each ability and history."""
    for number in range(histories):
        for ability in ABILITIES:
            rng = random.Random(f"{seed}/{number}/{ability}")
            yield _MAKERS[ability](f"{ability}/{number}", ability, facts, noise, rng)


def _mixed(
    name: str, planted: Sequence[tuple[str, str]], noise: int, rng: random.Random
) -> tuple[list[Record], dict[str, str]]:
    """Planted texts in their order among small talk; key -> source of the last text with that key."""
    places = sorted(rng.sample(range(len(planted) + noise), len(planted)))
    told = dict(zip(places, planted, strict=True))
    records: list[Record] = []
    sources: dict[str, str] = {}
    for at in range(len(planted) + noise):
        key, text = told.get(at, ("", ""))
        text = text or chatter(rng)[0]
        records.append(Record(f"m{at}", text, role="user", at=START + timedelta(minutes=at), session=name))
        if key:
            sources[key] = f"m{at}"
    return records, sources


def _retrieval(name: str, ability: str, facts: int, noise: int, rng: random.Random) -> Pool:
    chosen = [(person, *rng.choice(SLOTS)) for person in draw(rng, NAMES, facts)]
    planted = [(f"{who}", f"The {slot} of {who} is {rng.choice(values)}.") for who, slot, values in chosen]
    records, sources = _mixed(name, planted, noise, rng)
    texts = dict(planted)
    questions = tuple(
        Question(
            id=f"{name}/{who}",
            text=f"What is the {slot} of {who}?",
            answers=(texts[who].split(" is ", 1)[1].rstrip("."),),
            evidence=(sources[who],),
            category=ability,
        )
        for who, slot, _ in chosen
    )
    return Pool(name, tuple(records), questions)


def _learning(name: str, ability: str, facts: int, noise: int, rng: random.Random) -> Pool:
    labels = draw(rng, LABELS, len(_ASPECTS))
    planted: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    for label, aspects in zip(labels, _ASPECTS, strict=True):
        for aspect in aspects:
            tails = draw(rng, _TAILS, 3)
            planted.append((f"{label}/{aspect}", f'Ticket "{aspect} {tails[0]}" goes to queue {label}.'))
            asked.append((label, f"{aspect} {tails[1]}"))
    rng.shuffle(planted)
    records, sources = _mixed(name, planted, noise, rng)
    by_label = {label: tuple(s for key, s in sources.items() if key.startswith(f"{label}/")) for label in labels}
    questions = tuple(
        Question(
            id=f"{name}/{number}",
            text=f'Which queue does the ticket "{text}" go to?',
            answers=(label,),
            evidence=by_label[label],
            category=ability,
            wrong=tuple(other for other in labels if other != label),
        )
        for number, (label, text) in enumerate(rng.sample(asked, min(facts, len(asked))))
    )
    return Pool(name, tuple(records), questions)


def _long_range(name: str, ability: str, facts: int, noise: int, rng: random.Random) -> Pool:
    people = draw(rng, NAMES, 4)
    visits: dict[str, list[str]] = {who: draw(rng, PLACES, rng.randint(3, 6)) for who in people}
    planted = [(f"{who}/{place}", f"{who} travelled to {place}.") for who, places in visits.items() for place in places]
    rng.shuffle(planted)
    records, sources = _mixed(name, planted, noise, rng)
    last = {who: [key for key, _ in planted if key.startswith(f"{who}/")][-1] for who in people}
    questions = []
    for who in people:
        everywhere = tuple(sources[f"{who}/{place}"] for place in visits[who])
        questions.append(
            Question(
                id=f"{name}/{who}/all",
                text=f"Which towns did {who} travel to?",
                answers=(", ".join(key.split("/")[1] for key, _ in planted if key.startswith(f"{who}/")),),
                evidence=everywhere,
                category=ability,
            )
        )
        questions.append(
            Question(
                id=f"{name}/{who}/last",
                text=f"Where did {who} travel to last?",
                answers=(last[who].split("/")[1],),
                evidence=(sources[last[who]],),
                category=ability,
                wrong=tuple(place for place in visits[who] if place != last[who].split("/")[1]),
            )
        )
    return Pool(name, tuple(records), tuple(questions))


def _conflict(name: str, ability: str, facts: int, noise: int, rng: random.Random) -> Pool:
    chosen = [(who, *rng.choice(SLOTS)) for who in draw(rng, NAMES, facts)]
    planted: list[tuple[str, str]] = []
    truth: dict[str, tuple[str, list[str]]] = {}
    for turn in range(3):
        for who, slot, values in chosen:
            if turn and rng.random() < 0.3:
                continue
            before = truth[who][1] if who in truth else []
            value = rng.choice([v for v in values if v not in before])
            truth[who] = (slot, [*before, value])
            planted.append((who, f"The {slot} of {who} is {value}."))
    for who, slot, values in rng.sample(chosen, len(chosen)):  # a question states nothing, however new it is
        planted.append((f"{who}/asked", f"Is the {slot} of {who} {rng.choice(values)}?"))
    records, sources = _mixed(name, planted, noise, rng)
    questions = tuple(
        Question(
            id=f"{name}/{who}",
            text=f"What is the {slot} of {who}?",
            answers=(values[-1],),
            evidence=(sources[who],),
            category=ability,
            wrong=tuple(values[:-1]),
        )
        for who, (slot, values) in truth.items()
    )
    return Pool(name, tuple(records), questions)


_MAKERS = {
    "accurate retrieval": _retrieval,
    "test-time learning": _learning,
    "long-range understanding": _long_range,
    "conflict resolution": _conflict,
}


def oracle(records: Sequence[Record], question: Question) -> str:
    """The answer by the generator's own grammar: last statement, label of the same aspect, all towns in order."""
    texts = [record.text for record in records]
    slot = re.match(r"What is the (.+) of (\w+)\?", question.text)
    if slot:
        pattern = rf"^The {slot.group(1)} of {slot.group(2)} is (.+)\.$"
        return [hit.group(1) for text in texts if (hit := re.match(pattern, text))][-1]
    ticket = re.match(r'Which queue does the ticket "(.+)" go to\?', question.text)
    if ticket:
        aspect = next(a for aspects in _ASPECTS for a in aspects if ticket.group(1).startswith(a))
        pattern = rf'^Ticket "{re.escape(aspect)} .*" goes to queue (\w+)\.$'
        return [hit.group(1) for text in texts if (hit := re.match(pattern, text))][-1]
    who = re.search(r"did (\w+) travel", question.text)
    name = who.group(1) if who else ""
    towns = [hit.group(1) for text in texts if (hit := re.match(rf"^{name} travelled to (\w+)\.$", text))]
    return towns[-1] if question.text.endswith("last?") else ", ".join(towns)
