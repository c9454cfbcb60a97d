"""Finds, for each pattern, words of which a text must hold one to match: `python scripts/required_words.py`.

One table is of the patterns of talk, one of those that read a question. It reads the parsed pattern, spells out what is
finite in it, and keeps whole words that stand between things that are no letters. The tables that it writes are keyed
by the pattern, so that one that changed is tried on every text until the table is made again. `--check` exits 1 when
that is due.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from re import _constants as op
from re import _parser
from typing import Any

from remanence.language.lazy_pattern import Patterns, lazy_pattern
from remanence.language.required import key
from remanence.language.statements.talk import endings
from remanence.language.statements.talk.matching import ALL

LANGUAGE = Path(__file__).parent.parent / "src" / "remanence" / "language"
TALK, QUESTIONS = LANGUAGE / "statements" / "talk" / "required.py", LANGUAGE / "required.py"
READ = (
    "language.answer_type", "language.names", "language.question", "language.sentences", "language.speakers",
    "language.statements.corrects", "language.value_forms", "recall.gate", "recall.rerank", "recall.score",
)  # fmt: skip
"""Modules whose patterns a question meets."""
MOST = 700
"""More spellings than that are not spelled out."""
END = '"""'
WALL, OPEN = "|", "?"
"""What is no letter; what may be anything."""


def letters(code: Any, value: Any) -> set[str] | None:
    """The letters that a single-character node may be, "|" for what is none; None when they are too many."""
    if code is op.LITERAL:
        return {chr(value).lower() if chr(value).isalpha() else WALL}
    if code is op.CATEGORY:
        return {WALL} if value in (op.CATEGORY_SPACE, op.CATEGORY_DIGIT, op.CATEGORY_NOT_WORD) else None
    if code is op.RANGE:
        return {WALL} if not any(chr(one).isalpha() for one in range(value[0], value[1] + 1)) else None
    if code is op.IN:
        found: set[str] = set()
        for inner in value:
            one = letters(*inner)
            if one is None or inner[0] is op.NEGATE:
                return None
            found |= one
        return found if len(found) <= 4 else None
    return None


def spelled(nodes: Sequence[Any]) -> list[str]:
    """Ways in which a run of nodes may read: letters, "|" for what is no letter, "?" for what is not known."""
    told = [""]
    for code, value in nodes:
        ways = _ways(code, value)
        told = [f"{one}{way}" for one in told for way in ways]
        if len(told) > MOST:
            raise OverflowError
        told = list(dict.fromkeys(told))
    return told


def _ways(code: Any, value: Any) -> list[str]:
    """Ways in which one node may read; "?" where they are too many."""
    try:
        if code is op.SUBPATTERN:
            return spelled(value[3])
        if code is op.BRANCH:
            return list(dict.fromkeys(way for branch in value[1] for way in spelled(branch)))
        if code in (op.MAX_REPEAT, op.MIN_REPEAT):
            return _repeated(*value)
    except OverflowError:
        return [OPEN]
    if code is op.AT:
        return [OPEN if value in (op.AT_NON_BOUNDARY, op.AT_LOC_NON_BOUNDARY, op.AT_UNI_NON_BOUNDARY) else WALL]
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [WALL] if code is op.ASSERT_NOT and _of_words(value[1]) else [""]
    one = letters(code, value)
    return [OPEN] if one is None else sorted(one)


def _of_words(nodes: Sequence[Any]) -> bool:
    """Whether every letter is among what one node may be: where none of it stands, no word goes on."""
    return len(nodes) == 1 and nodes[0][0] is op.IN and (op.CATEGORY, op.CATEGORY_WORD) in nodes[0][1]


def _repeated(low: int, high: Any, inner: Sequence[Any]) -> list[str]:
    ways = spelled(inner)
    if high == 1 and low == 0:
        return ["", *ways]
    if all(way == WALL for way in ways):
        return [WALL] if low else ["", WALL]
    around = [f"{way[:1]}{OPEN}{way[-1:]}" if way[:1] == WALL else OPEN for way in ways]
    return list(dict.fromkeys([*([] if low else [""]), *around]))


def required(pattern: str) -> frozenset[str]:
    """Words of which a text must hold one for the pattern to match; empty when that cannot be told."""
    tree = list(_parser.parse(pattern, re.IGNORECASE))
    best: frozenset[str] = frozenset()
    for start in range(len(tree)):
        for end in range(start + 1, min(start + 9, len(tree)) + 1):
            try:
                found = _words([f"{OPEN}{way}{OPEN}" for way in spelled(tree[start:end])])
            except OverflowError:
                break
            if found and (not best or _worth(found) > _worth(best)):
                best = found
    return best


def _words(ways: Sequence[str]) -> frozenset[str]:
    """A whole word of each way, the longest; empty when one has none."""
    chosen = set()
    for way in ways:
        whole = re.findall(r"(?<=\|)[^|?]+(?=\|)", re.sub(r"\|+", "||", way))
        if not whole:
            return frozenset()
        chosen.add(max(whole, key=len))
    return frozenset(chosen)


def _worth(words: frozenset[str]) -> float:
    """Few and long words say most."""
    return min(map(len, words)) - 0.02 * len(words)


def of_talk() -> list[str]:
    """The patterns of talk."""
    told = [one.pattern for one in ALL]
    told += [pattern for _, pattern in (*endings.ENDINGS, *endings.CANCELLED, *(one for _, one in endings.WHOLE))]
    return [one.pattern for one in told]


def of_questions() -> list[str]:
    """The patterns that stand in the modules of `READ`, also in tuples, mappings and `Patterns`."""
    found: list[str] = []
    kind = type(lazy_pattern(""))

    def walk(value: Any) -> None:
        if isinstance(value, kind):
            found.append(value.pattern)
        elif isinstance(value, Patterns):
            walk(tuple(vars(value).values()))
        elif isinstance(value, Mapping):
            walk(tuple(value.values()))
        elif isinstance(value, tuple):
            for one in value:
                walk(one)

    for name in READ:
        walk(tuple(vars(import_module(f"remanence.{name}")).values()))
    return list(dict.fromkeys(found))


def table(path: Path, patterns: Sequence[str]) -> str:
    """The module that holds a table of these patterns, as text."""
    head, rest = path.read_text("utf-8").split('TABLE = """\n')
    rows = {key(one): " ".join(sorted(words)) for one in patterns if (words := required(one))}
    lines = "".join(f"{name} {words}\n" for name, words in sorted(rows.items()))
    return f'{head}TABLE = """\n{lines}"""{rest.partition(END)[2]}'


def main() -> int:
    """Write the tables, or say with --check whether they are due."""
    made = {TALK: table(TALK, of_talk()), QUESTIONS: table(QUESTIONS, of_questions())}
    if "--check" in sys.argv:
        return int(any(text != path.read_text("utf-8") for path, text in made.items()))
    for path, text in made.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
