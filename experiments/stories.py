"""How many facts of told stories the store holds as current, and how many that had ended still stand.

REMANENCE_DATA=... python experiments/stories.py [--missed]: reads `everyday/*.json` (turns and facts with their
intervals), remembers and sleeps with `default`, and looks for each value in the text or value of a current fact.

python experiments/stories.py --written: the same of the written stories that no reader has read (those that judge and
fit), by attribute; a statement of these is what any turn says ("price", "event", "other"), and not only what lasts.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from remanence import Memory

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts/reader"))
import story as st

WORD = re.compile(r"\w+")


def holds(text: str, value: str) -> bool:
    told, wanted = WORD.findall(text.lower()), WORD.findall(value.lower())
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(told)} "


def current(turns: Iterable[Mapping[str, Any]]) -> list[str]:
    """Text and value of every fact that holds after the last turn."""
    sessions = defaultdict(list)
    for turn in turns:
        sessions[turn["session"]].append({name: turn[name] for name in ("who", "text", "at", "session")})
    with Memory(":memory:") as memory:
        for said in sessions.values():
            memory.remember(said)
        memory.sleep()
        facts = memory.list(kinds="fact", limit=100_000)
    return [f"{one.text} {one.data.get('value', '')}" for one in facts if one.data.get("polarity") is not False]


def written() -> None:
    """What the written stories state, by attribute."""
    held, found, over = Counter[str](), Counter[str](), Counter[bool]()
    for story in (one for use in ("judge", "fit") for one in st.stories(use=use) if one.statements):
        texts = current({"who": one.who, "text": one.text, "at": one.at, "session": one.at} for one in story.turns)
        last = {(whom, name, value.lower()): state for _, whom, name, value, state in story.statements}
        for (_, name, value), state in last.items():
            there = any(holds(text, value) for text in texts)
            held[name] += state == "holds"
            found[name] += state == "holds" and there
            if state == "ended":
                over[there] += 1
    for name, count in held.most_common():
        if count:
            print(f"{name}: {found[name]} of {count}")
    print(f"what holds: {found.total()} of {held.total()} found ({found.total() / held.total():.2f});", end=" ")
    print(f"what ended: {over[True]} of {over.total()} still current")


def main() -> None:
    if "--written" in sys.argv:
        written()
        return
    folder = Path(os.environ["REMANENCE_DATA"]) / "everyday"
    held = ended = found = stale = 0
    for path in sorted(folder.glob("*.json")):
        story = json.loads(path.read_text("utf-8"))
        texts = current(story["turns"])
        for fact in story["facts"]:
            there = any(holds(text, fact["value"]) for text in texts)
            if fact["until"] is None:
                held, found = held + 1, found + there
            else:
                ended, stale = ended + 1, stale + there
            if "--missed" in sys.argv and there != (fact["until"] is None):
                print(path.stem, fact["subject"], fact["attribute"], fact["value"], sep=" | ")
    print(f"facts that hold: {found} of {held} found; facts that ended: {stale} of {ended} still current")


if __name__ == "__main__":
    main()
