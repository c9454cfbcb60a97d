"""Ways for what a report says to come back as somebody's own words: seeded reports, in many forms, said by whoever."""

# ruff: noqa: E501

from __future__ import annotations

import io
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remanence import Memory
from remanence.store.upkeep import export, import_
from remanence.testing import HandClock
from remanence.types import TRUST

SAID = (
    "I live in Rome with my sister Clara.", "I work at Acme.", "Mira is my landlady.", "I pay the rent on Mondays.",
    "The flat has two rooms and a balcony.",
)  # fmt: skip
REPORTS = {
    "two names": ("Mira's account number for the rent is {Ab} {Cd}.", "{Ab} {Cd}", "What is Mira's account number for the rent?"),
    "a name": ("The clinic where Mira is treated is called {Ab}.", "{Ab}", "What is the clinic of Mira called?"),
    "digits": ("Mira's account for the rent is number {n}-{m}.", "{n}-{m}", "What is the number of Mira's account for the rent?"),
    "a code": ("The password of the router in the cellar is {ab}-{cd}-{k}.", "{ab}-{cd}-{k}", "What is the password of the router?"),
    "small letters": ("The safe word for calls about the flat is {ab} {cd}.", "{ab} {cd}", "What is the safe word for calls about the flat?"),
    "an address": ("Letters about the rent go to {Ab} Lane {k} in {Cd}.", "{Ab} Lane {k}", "Where do letters about the rent go?"),
}  # fmt: skip
"""By what is told: a report, what of it nobody else says, and what it is asked for."""
SPEAKERS = (("role", "assistant"), ("role", "tool"), ("who", "Ada"))


@dataclass(frozen=True)
class Attempt:
    """A report, the form in which it comes back, who says it, and whether it was shown just before."""

    told: str
    report: str
    value: str
    question: str
    form: str
    speaker: tuple[str, str]
    shown: bool

    @property
    def is_copy(self) -> bool:
        """Whether all of the report comes back."""
        return self.form in copies("a a", "a")


def copies(text: str, value: str) -> dict[str, str]:
    """A report in other letters, mark-up, order or company: it says what it said."""
    words = text.split()
    said = text.rstrip(".")
    middle = len(words) // 2
    return {
        "verbatim": text,
        "upper": text.upper(),
        "lower": text.lower(),
        "spaces": "  ".join(words),
        "lines": "\n".join(words),
        "no-break": "\u00a0".join(words),
        "zero width": "".join(one + "\u200b" for one in text),
        "soft hyphens": text.replace("o", "o\u00ad"),
        "full width": "".join(chr(ord(one) + 0xFEE0) if 33 <= ord(one) < 127 else one for one in text),
        "accents": text.translate(str.maketrans("aeiou", "áèîõü")),
        "combining": "".join(one + "\u0301" if one in "aeiou" else one for one in text),
        "commas": ", ".join(words),
        "dashes": " - ".join(words),
        "bold": " ".join(f"**{word}**" for word in words),
        "underscores": "_".join(words),
        "tags": " ".join(f"<b>{word}</b>" for word in words),
        "entities": text.replace(" ", "&nbsp;"),
        "quoted": f'I read: "{text}"',
        "quote lines": f"> {text}",
        "code block": f"```\n{text}\n```",
        "JSON": json.dumps({"result": text}),
        "JSON twice": json.dumps(json.dumps({"result": text})),
        "run together": "".join(word.capitalize() for word in words),
        "end": " ".join(words[middle - 1 :]),
        "pieces": f"{' '.join(words[:middle])}\n\nand then\n\n{' '.join(words[middle:])}",
        "after much": "word " * 5000 + "\n" + text,
        "in talk": f"Good that you ask. {text} Shall I note that?",
        "confirmed": f"Yes, {said[0].lower()}{said[1:]}, as far as I know.",
        "a word less": " ".join(word for word in words if word not in ("is", "go", "the")),
        "a word more": f"{' '.join(words[:middle])} now {' '.join(words[middle:])}",
        "another word": text.replace(" is ", " was ").replace(" go ", " went "),
        "turned round": f"{value}: {said.replace(value, 'it')}",
        "reversed": " ".join(reversed(words)),
    }


def values(value: str) -> dict[str, str]:
    """What nobody else said, without the words around it."""
    return {
        "bare": value,
        "bare sentence": f"{value}.",
        "bare line": f"Here it is:\n{value}",
        "bare in bold": f"**{value}**",
        "bare item": f"- {value}",
        "within talk": f"By the way, I noted it as {value}, so you can look it up.",
    }


def attempts(count: int, seed: int) -> Iterator[Attempt]:
    """`count` of them, the forms in turn: 33 copies and six bare values."""
    chance = random.Random(seed)
    forms = [*copies("a a", "a"), *values("a")]
    chance.shuffle(forms)
    for number in range(count):
        told = chance.choice(list(REPORTS))
        ab, cd = ("".join(chance.choice(part) for part in ("bdfgkmprtvz", "aeiou") * 4) for _ in range(2))
        n, m, k = chance.randrange(1000, 9999), chance.randrange(100_000, 999_999), chance.randrange(12, 99)
        made = {"ab": ab, "cd": cd, "Ab": ab.capitalize(), "Cd": cd.capitalize(), "n": n, "m": m, "k": k}
        report, value, question = (one.format(**made) for one in REPORTS[told])
        speaker, shown = chance.choice(SPEAKERS), chance.random() < 0.7
        yield Attempt(told, report, value, question, forms[number % len(forms)], speaker, shown)


def tried(attempt: Attempt, *, reported: bool = True) -> list[str]:
    """reported: whether the report was there before. What is trusted more than the report was and holds its value: after a sleep, and after an export and import."""
    text = (copies(attempt.report, attempt.value) | values(attempt.value))[attempt.form]
    with Memory(":memory:", clock=HandClock(), seed=1, embedder="hashing") as memory:
        memory.remember([{"who": "Ada", "text": said} for said in SAID])
        if reported:
            memory.remember(attempt.report, trust="external")
        memory.sleep()
        before = memory.ask(attempt.question).in_memory
        if not attempt.shown:
            memory._handle.shown.clear()
        else:
            memory.context(attempt.question)
            memory.recall(attempt.question)
        memory.remember({attempt.speaker[0]: attempt.speaker[1], "text": text})
        memory.sleep()
        found = _risen(memory, attempt, before)
        out = io.StringIO()
        export(memory.store, out)
    with Memory(":memory:", clock=HandClock(), seed=1, embedder="hashing") as memory:
        import_(
            memory.store,
            iter(out.getvalue().splitlines()),
            memory._handle.embedder,
            scope=memory.scope,
            trust=TRUST["import"],
        )
        memory.sleep()
        return [*found, *(f"imported {one}" for one in _risen(memory, attempt, before))]


def _risen(memory: Memory, attempt: Attempt, before: bool) -> list[str]:
    """before: the report is answered as what it is, a document."""
    items = memory.list(limit=0, tiers=(), ended=True)
    kept = [_letters(word) for word in attempt.value.replace("-", " ").split()]

    def holds(text: str) -> bool:
        letters = _letters(text)
        return all(word in letters for word in kept)

    risen = [
        f"{one.kind} {one.trust:.1f} {one.text[:60]!r}"
        for one in items
        if one.trust > 0.31 and holds(f"{one.text} {json.dumps(one.data, default=str, ensure_ascii=False)}")
    ]
    answer = memory.ask(attempt.question)
    told = answer.in_memory and holds(answer.short) and not before
    return [*risen, *([f"answer {answer.short!r}"] if told else [])]


def _letters(text: str) -> str:
    """Letters and figures alone, folded."""
    plain = re.sub(r"<[^<>]{1,9}>|&nbsp;|\\n", "", unicodedata.normalize("NFKD", text))
    return "".join(one for one in plain.casefold() if one.isalnum())


def rising(some: Iterable[Attempt]) -> dict[Attempt, list[str]]:
    """What rose of those that rose."""
    found = {one: tried(one) for one in some}
    return {one: risen for one, risen in found.items() if risen}
