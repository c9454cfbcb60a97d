"""Judges the rules that read statements on generated talk: values read, and what is untrue taken for true.

python scripts/reader/judge_rules.py [--seed 7] [--many 2500] [--missed]: one statement a turn in the manner of a line
of patterns.txt; a value counts as read when an affirmed, certain statement holds it, or lies in it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, datetime

from talk import Talk

from remanence.language.statements.read import read

SAID = datetime(2025, 3, 12, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--many", type=int, default=2_500)
    parser.add_argument("--missed", action="store_true", help="print the turns of which the value was not read")
    args = parser.parse_args()
    talk = Talk(args.seed)
    known: Counter[str] = Counter()
    every: Counter[str] = Counter()
    wrong = untrue = 0
    for _ in range(args.many):
        attribute = talk.rng.choice(list(talk.patterns.kinds))
        line = talk.rng.choice([one for one in talk.patterns.lines[attribute] if one in "13fcedpxw"])
        text, said, _parts = talk.statement(attribute, line)
        read_values = [
            one.value.lower() for one in read(text, speaker="Ann", at=SAID, about="Bea") if one.holds and one.sure
        ]
        for one in said:
            value = text[slice(*one.value)].lower()
            there = any(value in other or other in value for other in read_values)
            if (one.polarity, one.modality) == ("affirmed", "holds"):
                every[attribute] += 1
                known[attribute] += there
                if args.missed and not there:
                    print(f"{attribute}: {text}")
            else:
                untrue, wrong = untrue + 1, wrong + there
    for attribute in sorted(every, key=lambda one: known[one] / every[one]):
        print(f"{attribute:16} {known[attribute] / every[attribute]:.2f} of {every[attribute]}")
    print(f"values read {sum(known.values()) / sum(every.values()):.3f}; untrue taken for true {wrong} of {untrue}")


if __name__ == "__main__":
    main()
