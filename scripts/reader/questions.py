"""Questions about made-up talk, answerable and not: what the reader learns to answer and to refuse."""

from __future__ import annotations

import random
from dataclasses import dataclass

from talk import Said, Talk, Turn

NEITHER, YES, NO = 0, 1, 2
WHEN = {
    "home": ("when did {s} move to {v}?", "when did I move to {v}?"),
    "employer": ("when did {s} start at {v}?", "when did I start at {v}?"),
    "trip": ("when did {s} go to {v}?", "when did I go to {v}?"),
    "appointment": ("when is {s}'s {v}?", "when is {v}?"),
    "partner": ("when did {s} marry {v}?", "when did {v} and I get married?"),
    "vehicle": ("when did {s} buy {v}?", "when did I buy {v}?"),
    "owns": ("when did {s} get {v}?", "when did I get {v}?"),
    "hobby": ("when did {s} take up {v}?", "when did I start {v}?"),
    "health": ("when was {s} diagnosed with {v}?", "when was I diagnosed with {v}?"),
    "uses": ("when did {s} set up {v}?", "when did we move to {v}?"),
    "school": ("when did {s} start at {v}?", "when did I graduate from {v}?"),
    "pet": ("when did {s} get {v}?", "when did we adopt {v}?"),
}
_COMING = frozenset({"trip", "appointment", "deadline", "salary"})  # "where am I going" is asked of plans too


@dataclass(frozen=True)
class Asked:
    """A question, a passage of `who: text` lines, the answer's offsets (None: not in there), yes or no."""

    question: str
    passage: str
    answer: tuple[int, int] | None
    says: int = NEITHER


class Questions:
    """A seeded source of questions over a `Talk`."""

    def __init__(self, seed: int, *, unseen: bool = False) -> None:
        self.talk = Talk(seed, unseen=unseen)
        self.rng = random.Random(seed + 1)
        self._names = list(self.talk.patterns.kinds)

    def asked(self) -> Asked:
        """One question with its passage: a single turn, or a stretch of talk with the turn in it or not."""
        r = self.rng
        cast = self._cast()
        target, about, attribute = self._target(cast)
        question, span, says = self._question(target, about, attribute)
        single = r.random() < 0.55
        fate = r.random()
        if fate < 0.52:
            turns, place = ([target], 0) if single else self._around(cast, target, about, attribute)
            return self.joined(question, turns, place, span, says)
        other = self._near_miss(cast, target, about, attribute)
        if single or other is None:
            return self.joined(question, [other or self.talk.empty_turn(r.choice(cast))], 0, None, NEITHER)
        turns, _ = self._around(cast, other, about, attribute, changed=False)
        return self.joined(question, turns, 0, None, NEITHER)

    def _cast(self) -> list[str]:
        r = self.rng
        if r.random() < 0.25:
            return ["user", "assistant"]
        return list(dict.fromkeys(self.talk.name() for _ in range(r.randint(2, 4)))) or ["user"]

    def _target(self, cast: list[str]) -> tuple[Turn, str | None, str]:
        """A turn that states something now, about whom (None: its speaker), and which attribute."""
        r = self.rng
        while True:
            attribute = r.choice(self._names)
            lines = self.talk.patterns.lines[attribute]
            line = r.choice([x for x in "11133ffcc" if x in lines])
            about = self.someone() if line == "3" else None
            clause, said, _ = self.talk.statement(attribute, line, subject=about)
            if line in "13f" and r.random() < 0.1:
                clause, said, _ = self.talk.corrected(clause, said, self.talk.patterns.kinds[attribute])
            who = r.choice(cast) if about or "assistant" not in cast else "user"
            more = self.others(attribute, r.choice([1, 1, 2, 3])) if r.random() < 0.5 else []
            parts = [(clause, said), *more]
            r.shuffle(parts)
            return self.talk.turn(who, parts, line=line), about, attribute

    def others(self, attribute: str, count: int) -> list[tuple[str, list[Said]]]:
        """Clauses that state other things than `attribute`: a turn of one that tells much at once."""
        r, found = self.rng, []
        for name in r.sample([x for x in self._names if x != attribute and not _same(x, attribute)], count):
            line = r.choice([x for x in "11f3" if x in self.talk.patterns.lines[name]])
            clause, said, _ = self.talk.statement(name, line)
            found.append((clause, said))
        return found

    def someone(self) -> str:
        if self.rng.random() < 0.3:
            return self.talk.pick("relation")
        return self.talk.name()

    def _said(self, turn: Turn, attribute: str) -> Said:
        good = [x for x in turn.said if x.attribute == attribute and x.polarity == "affirmed" and x.modality == "holds"]
        return good[-1]

    def _question(self, turn: Turn, about: str | None, attribute: str) -> tuple[str, tuple[int, int] | str, int]:
        """The question, its answer in the turn (offsets, or "who" for the speaker), and yes or no."""
        r = self.rng
        lines, said = self.talk.patterns.lines[attribute], self._said(turn, attribute)
        value = turn.text[slice(*said.value)]
        whom = self.called(turn.who, about)
        roll = r.random()
        if "h" in lines and roll < 0.12 and (about is None or about[:2] != "my"):
            question = self.talk.fill(r.choice(lines["h"]), {"v": value})[0]
            return self.styled(question), "who" if about is None else (said.subject or said.value), NEITHER
        if said.when and attribute in WHEN and roll < 0.45:
            pair = WHEN[attribute]
            form = pair[0] if about or r.random() < 0.5 else f"{turn.who}: {pair[1]}"
            return self.styled(self.talk.fill(form, {"v": value, "s": whom})[0]), said.when, NEITHER
        if "y" in lines and roll < 0.3:
            true = r.random() < 0.55
            asked = value if true else self.talk.value(self.talk.patterns.kinds[attribute])
            form = r.choice([x for x in lines["y"] if ("{s}" in x) or about is None] or lines["y"])
            if "{s}" not in form and about is None:
                form = f"{turn.who}: {form}"
            says = YES if asked.lower() == value.lower() else NO
            return self.styled(self.talk.fill(form, {"v": asked, "s": whom})[0]), said.value, says
        if about is None and r.random() < 0.5:
            return self.styled(f"{turn.who}: {r.choice(lines['q'])}"), said.value, NEITHER
        form = r.choice(lines.get("t", lines["q"]))
        question = self.talk.fill(form, {"s": whom})[0]
        if whom.startswith(("my ", "our ")):
            question = f"{turn.who}: {question}"
        return self.styled(question), said.value, NEITHER

    def called(self, who: str, about: str | None) -> str:
        """How a question calls the one it is about."""
        if about is None:
            return "the user" if who == "user" else who
        if about.startswith("my ") and self.rng.random() < 0.5 and who != "user":
            return f"{who}'s {about[3:]}"
        return about

    def styled(self, question: str) -> str:
        r = self.rng
        head, _, body = question.rpartition(": ")
        if r.random() < 0.6:
            body = body[0].upper() + body[1:]
        if r.random() < 0.15:
            body = body.rstrip("?")
        return f"{head}: {body}" if head else body

    def _near_miss(self, cast: list[str], turn: Turn, about: str | None, attribute: str) -> Turn | None:
        """A turn that looks like the answer and is not: another person, another thing, not so, not any more."""
        r, talk = self.rng, self.talk
        lines = talk.patterns.lines[attribute]
        way = r.choices(["person", "fate", "thing", "nothing"], [0.33, 0.27, 0.33, 0.07])[0]
        if way == "nothing":
            return None
        if way == "fate":
            wrong = [x for x in ("dxw" if attribute in _COMING else "edxwp") if x in lines]
            if wrong:
                form = r.choice(wrong)
                clause, said, _ = talk.statement(attribute, form, subject=about or "my cousin")
                if (said[0].subject is None) == (about is None):
                    return talk.turn(turn.who, [(clause, said)])
        if way == "thing":
            other = r.choice([x for x in self._names if x != attribute and not _same(x, attribute)])
            line = "3" if about else r.choice([x for x in "11f" if x in talk.patterns.lines[other]])
            clause, said, _ = talk.statement(other, line, subject=about)
            return talk.turn(turn.who, [(clause, said)])
        others = [x for x in cast if x != turn.who and x != "assistant"]
        if about is None and (not others or r.random() < 0.5):
            clause, said, _ = talk.statement(attribute, "3" if "3" in lines else "1", subject=self.someone())
            return talk.turn(turn.who if "3" in lines else talk.name(), [(clause, said)])
        if about is not None and r.random() < 0.6:
            clause, said, _ = talk.statement(attribute, "3", subject=self._other_than(about))
            return talk.turn(turn.who, [(clause, said)])
        line = r.choice([x for x in "11fc" if x in lines])
        clause, said, _ = talk.statement(attribute, line)
        return talk.turn(r.choice(others or [turn.who]), [(clause, said)])

    def _other_than(self, about: str) -> str:
        while (other := self.someone()) == about:
            pass
        return other

    def _around(
        self, cast: list[str], target: Turn, about: str | None, attribute: str, *, changed: bool = True
    ) -> tuple[list[Turn], int]:
        """The target with other turns of the same talk before and after, none of which answers."""
        r = self.rng
        before: list[Turn] = []
        for _ in range(r.randint(1, 5)):
            roll = r.random()
            if roll < 0.4:
                before.append(self.talk.empty_turn(r.choice(cast)))
            elif roll < 0.7:
                miss = self._near_miss(cast, target, about, attribute)
                before.append(miss or self.talk.empty_turn(r.choice(cast)))
            else:
                other = r.choice([x for x in self._names if x != attribute and not _same(x, attribute)])
                clause, said, _ = self.talk.statement(
                    other, r.choice([x for x in "13f" if x in self.talk.patterns.lines[other]])
                )
                before.append(self.talk.turn(r.choice(cast), [(clause, said)]))
        cut = r.randint(0, len(before))
        first, last = before[:cut], before[cut:]
        if changed and about is None and r.random() < 0.3:  # an earlier value that the target replaced
            clause, said, _ = self.talk.statement(attribute, "1")
            first.append(self.talk.turn(target.who, [(clause, said)]))
        return [*first, target, *last], len(first)

    def joined(
        self, question: str, turns: list[Turn], place: int, span: tuple[int, int] | str | None, says: int
    ) -> Asked:
        text, answer = "", None
        for index, turn in enumerate(turns):
            head = f"{turn.who}: "
            if index == place and span is not None:
                start = len(text)
                if isinstance(span, str):
                    answer = (start, start + len(turn.who))
                else:
                    answer = (start + len(head) + span[0], start + len(head) + span[1])
            text += head + turn.text.replace("\n", " ") + "\n"
        return Asked(question, text.rstrip("\n"), answer, says)


_GROUPS = (
    {"home", "origin", "trip"},
    {"employer", "job", "working_on", "school", "study", "boss", "salary"},
    {"likes", "hobby", "ability"},
    {"rent", "salary", "price"},
    {"contact", "secret"},
    {"partner", "marital_status", "friend", "name", "boss"},
    {"pet", "owns", "vehicle"},
    {"allergy", "diet", "health"},
    {"medication", "health"},
    {"appointment", "deadline", "trip"},
    {"member", "hobby"},
)


def _same(one: str, other: str) -> bool:
    """Whether a question about one may be answered by the other."""
    return any(one in group and other in group for group in _GROUPS)
