"""How many facts of told stories the store holds as current, and how many that had ended still stand.

REMANENCE_DATA=... python experiments/stories.py [--missed]: reads `everyday/*.json` (turns and facts with their
intervals), remembers and sleeps with `default`, and looks for each value in the text or value of a current fact.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from remanence import Memory

WORD = re.compile(r"\w+")


def holds(text: str, value: str) -> bool:
    told, wanted = WORD.findall(text.lower()), WORD.findall(value.lower())
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(told)} "


def current(story: dict[str, Any]) -> list[str]:
    """Text and value of every fact that holds after the last turn."""
    sessions = defaultdict(list)
    for turn in story["turns"]:
        sessions[turn["session"]].append({name: turn[name] for name in ("who", "text", "at", "session")})
    with Memory(":memory:") as memory:
        for turns in sessions.values():
            memory.remember(turns)
        memory.sleep()
        facts = memory.list(kinds="fact", limit=100_000)
    return [f"{one.text} {one.data.get('value', '')}" for one in facts if one.data.get("polarity") is not False]


def main() -> None:
    folder = Path(os.environ["REMANENCE_DATA"]) / "everyday"
    held = ended = found = stale = 0
    for path in sorted(folder.glob("*.json")):
        story = json.loads(path.read_text("utf-8"))
        texts = current(story)
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
