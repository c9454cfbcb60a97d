"""How often what is told in so many words is told of the right turn, on the written stories.

    python experiments/in_so_many_words.py [--each 4]

Every `each`-th story, remembered with `default` and not slept; of each question only whether `in_so_many_words` tells a
value, and whether the turn that it cites is evidence. Prints (right, wrong) by the form of what is asked, and the
wrong ones.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from remanence import Memory
from remanence.compose.in_so_many_words import FORMS, in_so_many_words
from remanence.language.question import read

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
import story as st


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=4)
    given = parser.parse_args()
    told: Counter[tuple[str, bool]] = Counter()
    asked_of = 0
    stories = [one for use in ("train", "near", "fit", "judge") for one in st.stories(use=use) if one.questions]
    for story in stories[:: given.each]:
        people, now = sorted({turn.who for turn in story.turns}), datetime.fromisoformat(story.now)
        with Memory(":memory:") as memory:
            memory.remember(
                [
                    {"who": turn.who, "text": turn.text, "at": turn.at, "session": turn.at, "source": str(number)}
                    for number, turn in enumerate(story.turns)
                ]
            )
            for one in story.questions:
                asked = read(one.text, at=now, asker=one.asker, people=people)
                asked_of += 1
                if (asked.expected.value or asked.expected.form) not in ("date", *FORMS):
                    continue
                found = in_so_many_words(memory.recall(one.text, k=14, now=now, asker=one.asker), asked)
                if found is None:
                    continue
                right = one.answerable and int(found.evidence[0].item.source or -1) in one.evidence
                told[asked.expected.value or asked.expected.form, right] += 1
                if not right:
                    print(f"  {one.kind}: {one.text} -> {found.short}", flush=True)
    for form in sorted({form for form, _ in told}):
        print(form, told[form, True], told[form, False])
    right, wrong = (sum(n for (_, good), n in told.items() if good is side) for side in (True, False))
    print(f"{asked_of} questions, told {right + wrong}, of the right turn {right}")


if __name__ == "__main__":
    main()
