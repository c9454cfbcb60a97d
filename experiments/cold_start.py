"""How long one cold `remanence recall --json` takes, and what an open handle holds; against another checkout.

    python experiments/cold_start.py                               # 10,000, 100,000 and 1,000,000 items
    git worktree add ../before 0f1edad
    python experiments/cold_start.py --sizes 10000,100000 --against ../before/src

Texts are generated from a seed. Each version fills a space of its own with its own code, then the commands are started
in turn, as they are installed: modules compiled, in a folder of this run. What counts on a busy machine is processor
time and its ratio to `import numpy`; wall time is the best of the rounds. `--source` starts every command without
compiled modules, as an editable install under PYTHONDONTWRITEBYTECODE does. `--spaces` keeps the spaces.
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
from resource import RUSAGE_CHILDREN, getrusage

HERE = Path(__file__).parent.parent / "src"

FILL = """
import random, sys
from itertools import accumulate
from remanence import Memory
path, count = sys.argv[1], int(sys.argv[2])
chance = random.Random(1)
syllables = [a + b for a in "bcdfghklmnprstvwz" for b in "aeiou"]
words = ["".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))) for _ in range(20_000)]
weights = list(accumulate(1 / (i + 1) ** 0.9 for i in range(len(words))))
with Memory(path, "plain") as memory:
    memory.remember(
        {"who": ("Ada", "Bo", "Cy")[i % 3], "text": " ".join(chance.choices(words, cum_weights=weights, k=14)),
         "session": f"s{i // 20}", "at": "2025-01-01T10:00:00", "source": f"c/{i}"}
        for i in range(count)
    )
"""
HOLD = """
import resource, sys, time
from remanence import Memory
before = time.process_time()
memory = Memory(sys.argv[1], sys.argv[2])
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


class Machine:
    """Starts Python with one version first on its path; `compiled` is a folder for compiled modules, None for none."""

    def __init__(self, compiled: str | None) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._environment = {**kept, "OMP_NUM_THREADS": "1"}
        self._environment |= {"PYTHONPYCACHEPREFIX": compiled} if compiled else {"PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, source: Path, *arguments: str) -> tuple[float, float, str]:
        """(wall seconds, processor seconds, output) of one process."""
        environment = {**self._environment, "PYTHONPATH": str(source)}
        before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
        wall, after = time.perf_counter() - start, getrusage(RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="10000,100000,1000000")
    options.add_argument("--against", type=Path, default=None, help="the `src` folder of another checkout")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--recipe", default="default")
    options.add_argument("--source", action="store_true", help="without compiled modules")
    options.add_argument("--spaces", type=Path, default=None, help="keep the spaces in this folder")
    given = options.parse_args()
    versions = {"now": HERE} | ({"before": given.against} if given.against else {})
    with tempfile.TemporaryDirectory() as made:
        folder = given.spaces or Path(made)
        folder.mkdir(exist_ok=True)
        machine = Machine(None if given.source else str(Path(made) / "compiled"))
        for size in (int(one) for one in given.sizes.split(",")):
            measure(machine, size, versions, folder, given.recipe, given.rounds)


def measure(machine: Machine, size: int, versions: dict[str, Path], folder: Path, recipe: str, rounds: int) -> None:
    """Print what one size takes in each version, and how that compares with `import numpy`."""
    held = {}
    cases: dict[str, tuple[Path, list[str]]] = {
        "python -c 0": (HERE, ["-c", "0"]),
        "import numpy": (HERE, ["-c", "import numpy"]),
    }
    for name, source in versions.items():
        space = str(folder / f"{name}-{size}.db")
        if not Path(space).exists():
            machine.run(source, "-c", FILL, space, str(size))
        for _ in range(2):
            held[name] = [float(word) for word in machine.run(source, "-c", HOLD, space, recipe)[2].split()]
        rest = ["bafe gi kodu", "--json", "--recipe", recipe, "--space", space]
        for verb in ("recall", "context"):
            cases[f"{name}: {verb}"] = (source, ["-m", "remanence", verb, *rest])
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, (source, arguments) in cases.items():
            took[name].append(machine.run(source, *arguments)[:2])
    floor = statistics.median(used for _, used in took["import numpy"])
    for name, each in took.items():
        wall, used = min(wall for wall, _ in each), statistics.median(used for _, used in each)
        print(
            f"{size:>9,} {name:<16} best wall {wall:.3f} s, processor median {used:.3f} s, "
            f"best {min(used for _, used in each):.3f} s, {used / floor:.2f} x import numpy"
        )
    for name, (opened, middle, high, anonymous) in held.items():
        print(
            f"{size:>9,} {name}: opening {opened:.0f} ms, recall p50 {middle:.1f} p95 {high:.1f} ms of processor, "
            f"{anonymous:.0f} MB of its own"
        )


if __name__ == "__main__":
    main()
