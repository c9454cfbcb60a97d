"""Finds, for each pattern of talk, words of which a text must hold one to match: `python scripts/required_words.py`.

It reads the parsed pattern, spells out what is finite in it, and keeps whole words that stand between things that are
no letters. The table that it writes is keyed by the pattern, so that one that changed is tried on every text until the
table is made again. `--check` exits 1 when that is due.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from re import _constants as op
from re import _parser
from typing import Any

from remanence.language.statements.talk import endings
from remanence.language.statements.talk.matching import ALL
from remanence.language.statements.talk.required import key

TABLE = Path(__file__).parent.parent / "src" / "remanence" / "language" / "statements" / "talk" / "required.py"
MOST = 400
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
        return [""]
    one = letters(code, value)
    return [OPEN] if one is None else sorted(one)


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


def table() -> str:
    """The module that holds the table, as text."""
    head, rest = TABLE.read_text("utf-8").split('TABLE = """\n')
    told = [one.pattern for one in ALL]
    told += [pattern for _, pattern in (*endings.ENDINGS, *endings.CANCELLED, *(one for _, one in endings.WHOLE))]
    rows = {}
    for one in told:
        words = required(one.pattern)
        if words:
            rows[key(one.pattern)] = " ".join(sorted(words))
    lines = "".join(f"{name} {words}\n" for name, words in sorted(rows.items()))
    return f'{head}TABLE = """\n{lines}"""{rest.partition(END)[2]}'


def main() -> int:
    """Write the table, or say with --check whether it is due."""
    made = table()
    if "--check" in sys.argv:
        return int(made != TABLE.read_text("utf-8"))
    TABLE.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
