"""Speed and size from 1,000 to 100,000 turns, one core: import, recall, opening, memory and disk.

    [REMANENCE_DATA=...] python experiments/speed.py [--sizes 1000,10000,100000] [--queries 300] [--profile recall]

With REMANENCE_DATA the turns are LoCoMo's, drawn again and again in new sessions, each told apart by a serial number;
the queries are its questions. Without, both are generated from the seed. Every step runs in a process of its own:

    import   `Memory.remember(list)`: embedded, indexed and full-sync committed in transactions of 1,000
    stream   `Memory.remember(read(file.jsonl))`, for the peak of resident memory
    recall   a fresh process opens the file and asks; query encoding included

Every time is told twice, by the wall and by the processor: on a shared machine only the second can be compared.
Memory is above an empty interpreter. A growth exponent is the slope of log(cost) over log(items).
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from remanence.arena.catalogue import find_task
from remanence.arena.core.machine import resident
from remanence.arena.generators.words import START
from remanence.arena.speed import questions, texts
from remanence.ingest.read import read
from remanence.memory.memory import Memory

TARGETS = {
    "turns a second": "at least 4,000",
    "recall p95": "under 5 ms at 10,000, 15 ms at 100,000",
    "memory": "under 200 MB at 100,000",
    "disk": "under 2,500 bytes a turn",
}
STEPS = ("import", "stream", "recall")
EMPTY = "import pathlib; print(int(pathlib.Path('/proc/self/statm').read_text().split()[1]) * 4096)"


def turns(count: int, seed: int) -> list[dict[str, Any]]:
    """Messages of `count` turns, 20 a session, a minute apart."""
    chance = random.Random(seed)
    folder = os.environ.get("REMANENCE_DATA")
    if folder:
        drawn = [record for pool in find_task("locomo").pools(folder) for record in pool.records]
        told = [(one.who, one.text, one.data.get("caption")) for one in drawn]
    else:
        told = [(one.who, one.text, None) for one in texts(count, seed)]
    made = []
    for number in range(count):
        who, text, caption = told[chance.randrange(len(told))]
        one = {
            "who": who,
            "text": f"{text} ({chance.randrange(max(1_000, count // 5))})",
            "at": (START + timedelta(hours=number // 20, minutes=number % 20)).isoformat(),
            "session": f"s{number // 20}",
            "source": f"r{number}",
        }
        made.append({**one, "caption": caption} if caption else one)
    return made


def cues(count: int, seed: int) -> list[str]:
    """Questions of the same kind, in a seeded order."""
    folder = os.environ.get("REMANENCE_DATA")
    if not folder:
        return [one.text for one in questions(count, seed)]
    asked = [one.text for pool in find_task("locomo").pools(folder) for one in pool.questions]
    random.Random(seed).shuffle(asked)
    return asked[:count]


def peak() -> int:
    """Most resident memory so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def step_import(folder: Path, size: int, seed: int, queries: int) -> dict[str, float]:
    made = turns(size, seed)
    with Memory(folder / "space.db") as memory:
        memory.embedder.embed(["warm up"])
        wall, processor = time.perf_counter(), time.process_time()
        memory.remember(made)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    with (folder / "turns.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in made)
    disk = sum(one.stat().st_size for one in folder.glob("space.db*"))
    return {
        "turns a second, wall": size / wall,
        "turns a second, processor": size / processor,
        "bytes a turn": disk / size,
        "characters a turn": float(np.mean([len(one["text"]) + len(one.get("caption", "")) for one in made])),
    }


def step_stream(folder: Path, size: int, seed: int, queries: int) -> dict[str, float]:
    with Memory(folder / "streamed.db") as memory:
        memory.embedder.embed(["warm up"])
        before = peak()
        wall, processor = time.perf_counter(), time.process_time()
        memory.remember(read(folder / "turns.jsonl"))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        return {
            "streamed turns a second, wall": size / wall,
            "streamed turns a second, processor": size / processor,
            "streaming peak": peak(),
            "streaming start": before,
        }


def step_recall(folder: Path, size: int, seed: int, queries: int) -> dict[str, float]:
    asked = cues(queries, seed)
    wall, processor = time.perf_counter(), time.process_time()
    memory = Memory(folder / "space.db")
    told = {"open, wall ms": 1e3 * (time.perf_counter() - wall), "open, processor ms": _since(processor)}
    processor = time.process_time()
    memory.recall(asked[0])
    told["first recall, processor ms"] = _since(processor)
    for name, ask in (
        ("recall", lambda cue: memory.recall(cue, k=10)),
        ("context", lambda cue: memory.context(cue, 1_000)),
    ):
        walls, processors = _asked(ask, asked)
        for kind, values in (("wall", walls), ("processor", processors)):
            for share in (50, 95):
                told[f"{name} p{share}, {kind} ms"] = float(np.percentile(values, share))
    told["memory"], told["opening peak"] = resident(), peak()
    memory.close()
    return told


def _asked(ask: Callable[[str], object], cues: Sequence[str]) -> tuple[list[float], list[float]]:
    walls, processors = [], []
    for cue in cues[:5]:
        ask(cue)
    for cue in cues:
        wall, processor = time.perf_counter(), time.process_time()
        ask(cue)
        walls.append(1e3 * (time.perf_counter() - wall))
        processors.append(_since(processor))
    return walls, processors


def _since(processor: float) -> float:
    return 1e3 * (time.process_time() - processor)


def apart(step: str, folder: Path, size: int, args: argparse.Namespace) -> dict[str, float]:
    """One step in a process of its own, on one thread."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--sizes", str(size)]
    command += ["--seed", str(args.seed), "--queries", str(args.queries)]
    command += ["--profile", args.profile] if args.profile == step else []
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    sys.stderr.write(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profile", choices=STEPS, default=None, help="also print where this step's time goes")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    sizes = sorted(int(size) for size in args.sizes.split(","))
    if args.step:
        run = {"import": step_import, "stream": step_stream, "recall": step_recall}[args.step]
        profile = cProfile.Profile()
        if args.profile:
            profile.enable()
        print(json.dumps(run(args.folder, sizes[0], args.seed, args.queries)))
        if args.profile:
            profile.disable()
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(35)
        return
    empty = int(subprocess.run([sys.executable, "-c", EMPTY], capture_output=True, text=True, check=True).stdout)
    rows: dict[str, list[float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="remanence-speed-") as folder:
            for step in STEPS:
                for name, value in apart(step, Path(folder), size, args).items():
                    inner = ("memory", "opening peak", "streaming peak", "streaming start")
                    mega = name in inner
                    rows.setdefault(f"{name}, MB above empty" if mega else name, []).append(
                        (value - empty) / 2**20 if mega else value
                    )
    show(sizes, rows)


def show(sizes: Sequence[int], rows: dict[str, list[float]]) -> None:
    """The table, with growth exponents of what grows, and the targets."""
    print(f"{'':38}" + "".join(f"{size:>12,}" for size in sizes) + f"{'growth':>10}")
    for name, values in rows.items():
        growth = ""
        if len(sizes) > 1:
            growth = f"n^{np.polyfit(np.log(sizes), np.log(values), 1)[0]:.2f}"
        print(f"{name:38}" + "".join(f"{value:>12,.1f}" for value in values) + f"{growth:>10}")
    for name, target in TARGETS.items():
        print(f"target, {name}: {target}")


if __name__ == "__main__":
    main()
