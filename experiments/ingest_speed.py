"""How fast files become messages, in processor time: `python experiments/ingest_speed.py [FILE ...]`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from remanence.ingest.message import message
from remanence.ingest.read import detect, read, validate

ROWS = 100_000


def _rate(run: object, count: int) -> str:
    best = min(_cost(run) for _ in range(3))
    return f"{count / best:12,.0f} messages a second"


def _cost(run: object) -> float:
    start = time.process_time()
    run()  # type: ignore[operator]
    return time.process_time() - start


def main() -> None:
    demo = Path(__file__).parent.parent / "src" / "remanence" / "data" / "demo.jsonl"
    rows = [json.loads(line) for line in demo.read_text(encoding="utf-8").splitlines()]
    many = [dict(rows[i % len(rows)], source=f"speed/{i}") for i in range(ROWS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in many), encoding="utf-8")
        print(f"message(mapping)       {_rate(lambda: [message(row) for row in many], ROWS)}")
        print(f"read(talk.jsonl)       {_rate(lambda: sum(1 for _ in read(path)), ROWS)}")
        print(f"validate(talk.jsonl)   {_rate(lambda: validate(path), ROWS)}")
    for name in sys.argv[1:]:
        count = validate(name).total
        print(f"{detect(name):12s} {count:8,} {_rate(lambda name=name: sum(1 for _ in read(name)), count)}  {name}")


if __name__ == "__main__":
    main()
