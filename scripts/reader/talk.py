"""Makes talk with known statements, and questions about it: seeded, messy, in any quantity."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
POLARITIES = ("affirmed", "denied")
MODALITIES = ("holds", "ended", "planned", "wished")
_FATE = {  # line of patterns.txt -> what it says of {v}
    "1": ("affirmed", "holds"),
    "3": ("affirmed", "holds"),
    "f": ("affirmed", "holds"),
    "c": ("affirmed", "holds"),
    "e": ("affirmed", "ended"),
    "d": ("denied", "holds"),
    "p": ("affirmed", "planned"),
    "x": ("denied", "planned"),
    "w": ("affirmed", "wished"),
}
_CORRECTED = (
    *(
        ", no wait, ",
        ", sorry, ",
        "... I mean ",
        ", scratch that, ",
        ", actually ",
        ". correction: ",
        ", no, ",
        ", er, ",
        "* ",
    ),
    *(". wait, make that ", ", hang on, ", " - sorry I meant ", "... no, it's "),
)
_HOLE = re.compile(r"\{([vsot])\}")


@dataclass(frozen=True)
class Said:
    """One statement of a turn: offsets of its value and subject (None: the speaker), and its kind."""

    attribute: str
    value: tuple[int, int]
    subject: tuple[int, int] | None
    polarity: str
    modality: str
    when: tuple[int, int] | None = None


@dataclass(frozen=True)
class Turn:
    """What somebody wrote, with every statement that it makes."""

    who: str
    text: str
    said: tuple[Said, ...] = ()
    line: str = ""


@dataclass
class Patterns:
    """Lines of patterns.txt by attribute and letter, and the kind of value of each attribute."""

    kinds: dict[str, str] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def _lists() -> dict[str, list[str]]:
    out = {}
    for row in (HERE / "values.txt").read_text(encoding="utf-8").splitlines():
        name, _, rest = row.partition(": ")
        parts = rest.split(" | ") if " | " in rest else rest.split(" ")
        out[name] = [part.replace("_", " ") for part in parts if part]
    return out


def patterns(*, unseen: bool = False) -> Patterns:
    """The patterns that train, or with `unseen` the fifth that is kept to judge (every fifth of a line)."""
    out, name = Patterns(), ""
    for row in (HERE / "patterns.txt").read_text(encoding="utf-8").splitlines():
        head, _, rest = row.partition(" ")
        if head == "#":
            continue
        if head == "@":
            name, kind = rest.split()
            out.kinds[name], out.lines[name] = kind, {}
            continue
        said = rest.split(" | ")
        kept = [p for place, p in enumerate(said) if (place % 5 == 3) == unseen]
        out.lines[name][head] = kept or said
    return out


LISTS = _lists()
ATTRIBUTES = tuple(patterns().kinds)


class Talk:
    """A seeded source of turns and of questions about them."""

    def __init__(self, seed: int, *, unseen: bool = False) -> None:
        self.rng = random.Random(seed)
        self.patterns = patterns(unseen=unseen)
        self._names = list(self.patterns.kinds)

    def pick(self, name: str) -> str:
        return self.rng.choice(LISTS[name])

    def made_up(self) -> str:
        """A word that nobody has seen, so that values are read from their place and not from a list."""
        r = self.rng
        parts = [
            r.choice("b br c ch d dr f fl g gr h j k l m n p pl q r s sh st t tr v w z".split())
            + r.choice("a e i o u ai ea io oo".split())
            for _ in range(r.randint(1, 3))
        ]
        return (
            "".join(parts) + r.choice(["", "n", "r", "l", "x", "ck", "nt", "ra", "wick", "ford", "ell"])
        ).capitalize()

    def name(self) -> str:
        r = self.rng
        first = self.pick("first") if r.random() < 0.7 else self.made_up()
        roll = r.random()
        if roll < 0.06:
            return f"Dr. {self.pick('last')}"
        return f"{first} {self.pick('last')}" if roll < 0.15 else first

    def value(self, kind: str) -> str:
        """One value of a kind such as "city" or "money"."""
        r = self.rng
        if kind in _MAKERS:
            return _MAKERS[kind](self, r)
        return self.made_up() if kind in ("tool", "medicine") and r.random() < 0.2 else self.pick(kind)

    def subject(self) -> str:
        roll = self.rng.random()
        if roll < 0.55:
            return self.name()
        if roll < 0.85:
            relation = self.pick("relation")
            return f"{relation} {self.name()}" if self.rng.random() < 0.3 else relation
        return self.rng.choice(["she", "he", "they", f"{self.name()}'s {self.pick('relation').split()[-1]}"])

    def time(self) -> str:
        return self.pick("time")

    def fill(self, pattern: str, parts: dict[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
        """The pattern's text and where each part stands in it."""
        text, where, last = "", {}, 0
        for hole in _HOLE.finditer(pattern):
            text += pattern[last : hole.start()]
            part = parts[hole[1]]
            if hole[1] == "t" and not part:
                text = text.rstrip()
            where[hole[1]] = (len(text), len(text) + len(part))
            text += part
            last = hole.end()
        return text + pattern[last:], where

    def statement(
        self, attribute: str, line: str, *, value: str | None = None, subject: str | None = None, old: str | None = None
    ) -> tuple[str, list[Said], dict[str, str]]:
        """A clause that says `attribute` in the manner of `line` of patterns.txt."""
        kind = self.patterns.kinds[attribute]
        pattern = self.rng.choice(self.patterns.lines[attribute][line])
        timed = self.rng.random() < 0.6 or line == "f"
        parts = {
            "v": value or self.value(kind),
            "s": subject or self.subject(),
            "o": old or self.value(kind),
            "t": self.time() if timed or attribute == "appointment" else "",
        }
        text, where = self.fill(pattern, parts)
        polarity, modality = _FATE[line]
        when = where.get("t") if parts["t"] else None
        said = [Said(attribute, where["v"], where.get("s"), polarity, modality, when)]
        if "o" in where:
            said.append(Said(attribute, where["o"], where.get("s"), "affirmed", "ended"))
        return text, said, parts

    def corrected(self, text: str, said: list[Said], kind: str) -> tuple[str, list[Said], str]:
        """The clause followed by "no wait, ..." with another value; the first one is denied."""
        new = self.value(kind)
        glue = self.rng.choice(_CORRECTED)
        start = len(text) + len(glue)
        first = said[0]
        fixed = Said(first.attribute, (start, start + len(new)), first.subject, "affirmed", first.modality)
        tail = self.rng.choice(["", "", f", not {text[slice(*first.value)]}"])
        return text + glue + new + tail, [replace(first, polarity="denied"), fixed, *said[1:]], new

    def turn(self, who: str, clauses: list[tuple[str, list[Said]]], *, line: str = "") -> Turn:
        """Clauses joined as people join them, then made messy; offsets follow."""
        r = self.rng
        text, said = "", []
        if r.random() < 0.3:
            text = self.pick("opener") + " "
        if r.random() < 0.15:
            text += self.pick("chat") + " "
        for place, (clause, found) in enumerate(clauses):
            if place:
                text += r.choice([". ", ", ", " and ", "; ", " but ", "! ", " - ", "... ", "\n"])
            said += [_moved(one, len(text)) for one in found]
            text += clause
        if r.random() < 0.2:
            tail = self.pick("tail")
            text += tail if tail[0] in ",!?" else " " + tail
        elif r.random() < 0.5:
            text += r.choice([".", "!", "."])
        if r.random() < 0.15:
            text += " " + self.pick("chat")
        return self.messy(Turn(who, text, tuple(said), line))

    def messy(self, turn: Turn) -> Turn:
        """Lower case, lost apostrophes, typos, contractions and lost subjects, with offsets that follow."""
        r, text = self.rng, turn.text
        edits: list[tuple[int, int, str]] = []
        kept = [span for one in turn.said for span in (one.value, one.subject, one.when) if span]
        free = [not any(a <= i < b for a, b in kept) for i in range(len(text))]
        if r.random() < 0.12:
            edits += [(m.start(), m.end(), "") for m in re.finditer(r"(?<=\w)'(?=\w)", text) if free[m.start()]]
        if r.random() < 0.15 and (m := re.match(r"(I'm|I am|I|We|we) ", text)) and all(free[: m.end()]):
            edits.append((0, m.end(), ""))
        if r.random() < 0.25:
            for _ in range(r.randint(1, 2)):
                at = r.randrange(1, max(2, len(text) - 1))
                if at + 1 < len(text) and free[at] and free[at + 1] and text[at : at + 2].isalpha():
                    swap = [text[at + 1] + text[at], text[at], text[at] * 2 + text[at + 1]]
                    edits.append((at, at + 2, r.choice(swap)))
        out = _edited(turn, edits)
        return replace(out, text=out.text.lower()) if r.random() < 0.35 and out.text.lower().isascii() else out

    def speaker_turn(self, who: str, *, lines: str = "11113333fffccedpxw") -> Turn:
        """A turn with one to three statements about the speaker or others."""
        r = self.rng
        clauses = []
        for _ in range(r.choices([1, 2, 3], [0.68, 0.24, 0.08])[0]):
            attribute = r.choice(self._names)
            line = r.choice([x for x in lines if x in self.patterns.lines[attribute]])
            text, said, _ = self.statement(attribute, line)
            if line in "13fp" and r.random() < 0.08:
                text, said, _ = self.corrected(text, said, self.patterns.kinds[attribute])
            clauses.append((text, said))
        return self.turn(who, clauses)

    def empty_turn(self, who: str) -> Turn:
        """A turn that states nothing: small talk, questions, wishes of nobody, advice."""
        r = self.rng
        parts = []
        for _ in range(r.randint(1, 3)):
            attribute = r.choice(self._names)
            kind = self.patterns.kinds[attribute]
            lines = self.patterns.lines[attribute]
            if r.random() < 0.45:
                parts.append(self.pick("chat"))
            elif r.random() < 0.5:
                ask = r.choice(lines.get(r.choice("qthy"), lines["q"]))
                parts.append(self.fill(ask, {"v": self.value(kind), "s": self.subject()})[0])
            else:
                made = {"v": self.value(kind), "o": self.value(kind)}
                parts.append(self.fill(self.pick("askothers"), made)[0])
        return self.messy(Turn(who, " ".join(parts)))


def _moved(one: Said, by: int) -> Said:
    def shift(span: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if span is None else (span[0] + by, span[1] + by)

    return replace(one, value=(one.value[0] + by, one.value[1] + by), subject=shift(one.subject), when=shift(one.when))


def _edited(turn: Turn, edits: list[tuple[int, int, str]]) -> Turn:
    """The turn after replacements outside of its spans."""
    text, said, done = turn.text, turn.said, len(turn.text)
    for start, end, new in sorted(edits, reverse=True):
        if end > done:
            continue
        done = start
        text = text[:start] + new + text[end:]
        by = len(new) - (end - start)

        def moved(span: tuple[int, int] | None, end: int = end, by: int = by) -> tuple[int, int] | None:
            return span if span is None or span[0] < end else (span[0] + by, span[1] + by)

        said = tuple(
            replace(x, value=moved(x.value) or x.value, subject=moved(x.subject), when=moved(x.when)) for x in said
        )
    return replace(turn, text=text, said=said)


def _company(talk: Talk, r: random.Random) -> str:
    base = talk.made_up() if r.random() < 0.6 else talk.pick("last")
    roll = r.random()
    if roll < 0.35:
        return base
    if roll < 0.8:
        return f"{base} {talk.pick('cosuffix')}"
    return f"the {talk.pick('adjective')} {talk.pick('thing')} shop" if roll < 0.87 else f"{base} & {talk.pick('last')}"


def _date(talk: Talk, r: random.Random) -> str:
    day, month = r.randint(1, 28), talk.pick("month")
    return r.choice(
        [
            f"{day} {month}",
            f"{month} {day}",
            f"the {day}th",
            f"{talk.pick('weekday')}",
            f"{talk.pick('weekday')} {day} {month}",
            f"{month} {r.randint(1950, 2026)}",
            f"next {talk.pick('weekday')}",
            f"{day}/{r.randint(1, 12)}",
            f"{month}",
        ]
    )


def _money(talk: Talk, r: random.Random) -> str:
    amount = r.choice([r.randint(3, 99), r.randint(100, 3000), r.randint(3, 90) * 1000])
    shape = r.choice(["{} euros", "${}", "{}", "£{}", "€{}", "{} a month", "{:,} dollars", "{} bucks", "{} kr"])
    return shape.format(amount)


def _quantity(talk: Talk, r: random.Random) -> str:
    n = r.randint(2, 95)
    return r.choice(
        [
            f"{n} kg",
            f"{n} km",
            f"{n} minutes",
            f"{n} hours",
            f"{n}.{r.randint(1, 9)} kg",
            f"{n} miles",
            f"1.{n} m",
            f"{r.randint(1, 3)}:{n:02d}",
            f"{n} points",
            f"{n}k",
            f"size {n}",
            f"{n} pounds",
        ]
    )


def _contact(talk: Talk, r: random.Random) -> str:
    digits = "".join(r.choice("0123456789") for _ in range(r.randint(6, 10)))
    mail = f"{talk.pick('first').lower()}@{talk.made_up().lower()}.{r.choice(['com', 'org', 'net', 'io'])}"
    return r.choice(
        [
            digits,
            f"{digits[:3]} {digits[3:]}",
            f"+{digits[:2]} {digits[2:]}",
            mail,
            mail,
            f"{r.randint(1, 99)} {talk.made_up()} Street",
        ]
    )


def _code(talk: Talk, r: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return r.choice(
        [
            str(r.randint(1000, 99999)),
            "".join(r.choice(letters) for _ in range(6)),
            f"{talk.made_up().lower()}{r.randint(1, 99)}",
            f"{talk.pick('colour')}-{talk.pick('pet')}-{r.randint(1, 99)}",
        ]
    )


def _relative(words: list[str]) -> object:
    def make(talk: Talk, r: random.Random) -> str:
        count = r.choice(["a", "one", "two", "three", "2", "3"])
        word = r.choice(words)
        plural = word if count in ("a", "one") else ("children" if word == "child" else word + "s")
        return r.choice([talk.name(), talk.name(), f"{count} {plural}", f"{word} {talk.name()}"])

    return make


def _pet(talk: Talk, r: random.Random) -> str:
    animal = talk.pick("pet")
    return r.choice(
        [
            f"a {animal}",
            f"two {animal}s",
            talk.pick("petname"),
            f"a {animal} named {talk.pick('petname')}",
            f"a {talk.pick('colour')} {animal}",
            f"{talk.pick('petname')} the {animal}",
            animal,
        ]
    )


def _vehicle(talk: Talk, r: random.Random) -> str:
    article = r.choice(["a", "a", "my", "the", "an old", "a used", "a new", "a red", ""])
    what = r.choice([f"{talk.pick('make')} {talk.pick('carkind')}", talk.pick("make"), talk.pick("carkind")])
    return f"{article} {what}".strip()


def _thing(talk: Talk, r: random.Random) -> str:
    return r.choice(
        [
            f"a {talk.pick('adjective')} {talk.pick('thing')}",
            f"a {talk.pick('thing')}",
            f"the {talk.pick('thing')}",
            f"two {talk.pick('thing')}s",
        ]
    )


_MAKERS = {
    "name": lambda talk, r: talk.name(),
    "city": lambda talk, r: talk.made_up() if r.random() < 0.25 else talk.pick("city"),
    "place": lambda talk, r: talk.pick(r.choice(["place", "city"])),
    "company": _company,
    "school": lambda talk, r: f"{r.choice([talk.made_up(), talk.pick('city')])} {talk.pick('schoolkind')}",
    "child": _relative(["son", "daughter", "kid", "child", "boy", "girl", "baby"]),
    "sibling": _relative(["brother", "sister", "sibling", "twin"]),
    "parent": lambda talk, r: r.choice([talk.name(), f"a {talk.pick('job')}", f"{talk.pick('job')}s"]),
    "pet": _pet,
    "vehicle": _vehicle,
    "thing": _thing,
    "liked": lambda talk, r: talk.pick(r.choice(["food", "art", "food", "activity", "colour"])),
    "date": _date,
    "age": lambda talk, r: r.choice([str(r.randint(3, 90)), r.choice("thirty forty-two nineteen fifty sixty".split())]),
    "money": _money,
    "quantity": _quantity,
    "contact": _contact,
    "code": _code,
    "look": lambda talk, r: talk.pick("haircol"),
}
