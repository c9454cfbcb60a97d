"""How long one cold `remanence recall --json` takes, and what an open handle holds; against another checkout.

    git worktree add ../before 0f1edad
    python experiments/cold_start.py --sizes 10000,100000 --against ../before/src

Texts are generated from a seed. Each version fills a space of its own with its own code, then the two commands are
started in turn; what counts on a busy machine is processor time and the ratio of the two. `--spaces` keeps the spaces.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent.parent / "src"

FILL = """
import random, sys
from remanence import Memory
path, count = sys.argv[1], int(sys.argv[2])
chance = random.Random(1)
syllables = [a + b for a in "bcdfghklmnprstvwz" for b in "aeiou"]
words = ["".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))) for _ in range(20_000)]
weights = [1 / (i + 1) ** 0.9 for i in range(len(words))]
with Memory(path, "plain") as memory:
    memory.remember(
        {"who": ("Ada", "Bo", "Cy")[i % 3], "text": " ".join(chance.choices(words, weights, k=14)),
         "session": f"s{i // 20}", "at": "2025-01-01T10:00:00", "source": f"c/{i}"}
        for i in range(count)
    )
"""
HOLD = """
import resource, sys, time
from remanence import Memory
before = time.process_time()
memory = Memory(sys.argv[1], "plain")
opened = time.process_time() - before
memory.recall("bafe gi kodu")
took = []
for number in range(60):
    before = time.process_time()
    memory.recall(f"bafe gi kodu {number}")
    took.append(time.process_time() - before)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(opened * 1e3, sorted(took)[30] * 1e3, sorted(took)[56] * 1e3, int(status["RssAnon"].split()[0]) / 1e3)
"""


def run(source: Path, *arguments: str) -> tuple[float, float, str]:
    """(wall seconds, processor seconds, output) of one Python process with this version first on its path."""
    environment = {**os.environ, "PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, used, done.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="10000,100000")
    options.add_argument("--against", type=Path, default=None, help="the `src` folder of another checkout")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--spaces", type=Path, default=None, help="keep the spaces in this folder")
    given = options.parse_args()
    versions = {"now": HERE} | ({"before": given.against} if given.against else {})
    with tempfile.TemporaryDirectory() as made:
        folder = given.spaces or Path(made)
        folder.mkdir(exist_ok=True)
        _, numpy_alone, _ = run(HERE, "-c", "import numpy")
        print(f"processor seconds of `python -c 'import numpy'`: {numpy_alone:.3f}")
        for size in (int(one) for one in given.sizes.split(",")):
            measure(size, versions, folder, given.rounds)


def measure(size: int, versions: dict[str, Path], folder: Path, rounds: int) -> None:
    """Print what one size takes in each version, and the ratio."""
    wall: dict[str, list[float]] = {name: [] for name in versions}
    used: dict[str, list[float]] = {name: [] for name in versions}
    held: dict[str, list[float]] = {}
    for name, source in versions.items():
        space = str(folder / f"{name}-{size}.db")
        if not Path(space).exists():
            run(source, "-c", FILL, space, str(size))
        held[name] = [float(word) for word in run(source, "-c", HOLD, space)[2].split()]
        held[name] = [float(word) for word in run(source, "-c", HOLD, space)[2].split()]
    for _ in range(rounds):
        for name, source in versions.items():
            space = str(folder / f"{name}-{size}.db")
            took = run(
                source, "-m", "remanence", "recall", "bafe gi kodu", "--json", "--recipe", "plain", "--space", space
            )
            wall[name].append(took[0])
            used[name].append(took[1])
    for name in versions:
        opened, middle, high, anonymous = held[name]
        print(
            f"{size:>9,} {name:>6}: one command {statistics.median(wall[name]):.3f} s wall, "
            f"{statistics.median(used[name]):.3f} s processor; opening {opened:.0f} ms, recall p50 {middle:.1f} "
            f"p95 {high:.1f} ms, {anonymous:.0f} MB of its own"
        )
    if len(versions) == 2:
        ratios = [statistics.median(what["before"]) / statistics.median(what["now"]) for what in (wall, used)]
        print(f"{size:>9,} before / now: wall {ratios[0]:.2f}, processor {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
