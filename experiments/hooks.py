"""What a coding agent waits for: hooks with and without the daemon, and a recall, from the start of the process.

    python experiments/hooks.py --sizes 10000,100000 --rounds 20

Each command is a process of its own, started in turn with `python -c pass`, as installed (modules compiled). Wall time
is what an agent waits; on a machine that has other work it is the processor time that says what the code costs, that
of the process and that of the daemon on its behalf.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from remanence import Memory
from remanence.serve.agents.project import Place, place_of
from remanence.serve.daemon import client

SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]


def turns(count: int) -> Iterator[dict[str, str]]:
    """What a project's sessions hold, in made-up words; every fiftieth says something that can be asked for."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=2)) for _ in range(2_000)]
    for number in range(count):
        said = " ".join(chance.choices(words, k=14))
        if number % 50 == 0:
            said += f" The staging server of {words[number // 50 % 2_000]} listens on port {1_000 + number}"
        when = f"2026-{1 + number % 9:02}-{1 + number % 28:02}T10:00:00Z"
        role = ("assistant", "user")[number % 2]
        yield {"role": role, "text": said + ".", "session": f"s-{number // 20}", "source": f"x/{number}", "at": when}


def filled(home: Path, count: int) -> Place:
    """A project of so many turns in this home folder, and a user's memory of two."""
    (home / "kiln" / ".git").mkdir(parents=True)
    place = place_of(home / "kiln", home)
    place.folder.mkdir(parents=True)
    with Memory(place.space) as memory:
        memory.remember(turns(count))
    with Memory(place.user) as memory:
        memory.remember(["I prefer tabs and short functions.", "My name is Ada and I write Rust."])
    return place


def measured(home: Path, place: Place, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """By command: (wall, processor) seconds of each round; the first round is left out."""
    hook = [sys.executable, "-m", "remanence", "hook"]
    there = ["--home", str(home)]
    recall = [sys.executable, "-m", "remanence", "recall", "port of the staging server of bafe", "--json", "--space"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "hook start": [*hook, "start", *there],
        "hook prompt": [*hook, "prompt", *there],
        "hook stop": [*hook, "stop", *there],
        "recall --json": [*recall, str(place.space)],
        "hook prompt, no daemon": [*hook, "prompt", "--no-daemon", *there],
    }
    given = json.dumps({"session_id": "s", "cwd": str(home / "kiln"), "prompt": "Which port has staging of bafe?"})
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, words in commands.items():
            before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(words, input=given.encode(), env=environment, stdout=subprocess.DEVNULL, check=True)
            wall, after = time.perf_counter() - start, getrusage(RUSAGE_CHILDREN)
            took[name].append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return {name: each[1:] for name, each in took.items()}


def started(home: str, path: str, place: Place) -> subprocess.Popen[bytes]:
    """A daemon that has answered once."""
    words = [sys.executable, "-m", "remanence.serve.daemon", path, str(place.space), str(place.user)]
    process = subprocess.Popen(words)
    while client.told(home, "status") is None:
        time.sleep(0.01)
    return process


def of_process(number: int) -> tuple[float, float]:
    """(processor seconds so far, megabytes of its own) of a process."""
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{number}/status").read_text().splitlines())
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(status["RssAnon"].split()[0]) / 1e3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="10000,100000")
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="rem-") as folder:
            home = Path(folder)
            place = filled(home, size)
            path = client.socket_path(folder)
            assert path is not None
            daemon = started(folder, path, place)
            before, _ = of_process(daemon.pid)
            took = measured(home, place, given.rounds)
            after, held = of_process(daemon.pid)
            daemon.terminate()
            daemon.wait()
        print(f"{size:,} turns; load {os.getloadavg()[0]:.0f}")
        for name, each in took.items():
            told = [f"{1e3 * min(one):.0f} / {1e3 * statistics.median(one):.0f}" for one in zip(*each)]
            print(f"  {name:24} wall min / median {told[0]:>12} ms   processor {told[1]:>10} ms")
        calls = 4 * (given.rounds + 1)
        print(
            f"  daemon: {1e3 * (after - before) / calls:.0f} ms of processor a call over the four kinds, {held:.0f} MB"
        )


if __name__ == "__main__":
    main()
