"""Speed as a task: from a thousand to a million items, how long things take and how they grow.

Each size of each system runs in a process of its own on seeded text, so that memory and warm-up are its own.
The growth exponent is the slope of log(cost) over log(items): 1 is linear, 0 constant.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from remanence.arena.catalogue import find_system
from remanence.arena.core.machine import machine, resident
from remanence.arena.core.system import Setting
from remanence.arena.core.task import Question, Record, Skipped
from remanence.arena.generators.words import NAMES, PLACES, SLOTS, START, TOPICS, chatter
from remanence.errors import InvalidInput, ModelMissing, StoreError
from remanence.models import by_name

MEASURES = (
    "add_seconds",
    "query_p50_ms",
    "query_p95_ms",
    "query_p99_ms",
    "context_p95_ms",
    "open_seconds",
    "rss_mb",
    "bytes_per_item",
)
"""What a point holds; the growth exponents are of the total, so bytes count as bytes_per_item times items."""
CHUNK = 5_000


def texts(count: int, seed: int) -> list[Record]:
    """Seeded talk: small talk with names, places, things owned and advice in between."""
    rng = random.Random(seed)
    records = []
    for number in range(count):
        kind = rng.random()
        if kind < 0.4:
            text = chatter(rng)[0]
        elif kind < 0.6:
            slot, values = rng.choice(SLOTS)
            text = f"{rng.choice(NAMES)} said that the {slot} is {rng.choice(values)}, number {rng.randrange(10_000)}."
        elif kind < 0.8:
            order = rng.randrange(count)
            text = f"{rng.choice(NAMES)} met {rng.choice(NAMES)} in {rng.choice(PLACES)} about order {order}."
        else:
            topic, advice = rng.choice(TOPICS)
            text = f"For {topic} {rng.choice(NAMES)} would suggest {rng.choice(advice)}. {chatter(rng)[0]}"
        records.append(
            Record(
                f"r{number}",
                text,
                who=rng.choice(NAMES[:4]),
                session=f"s{number // 20}",
                at=START.replace(year=2000 + number % 24),
            )
        )
    return records


def questions(count: int, seed: int) -> list[Question]:
    """Seeded questions about the same things."""
    rng = random.Random(seed + 1)
    found = []
    for number in range(count):
        slot, _ = rng.choice(SLOTS)
        topic, _ = rng.choice(TOPICS)
        text = rng.choice(
            (
                f"What did {rng.choice(NAMES)} say about the {slot}?",
                f"Who met {rng.choice(NAMES)} in {rng.choice(PLACES)}?",
                f"What is good for {topic} according to {rng.choice(NAMES)}?",
            )
        )
        found.append(Question(f"q{number}", text))
    return found


def point(name: str, size: int, embedder: str, *, count: int, seed: int) -> dict[str, float]:
    """Fill one system with `size` items and ask it; runs in this process."""
    base, _, own = name.partition("@")
    model = by_name(own or embedder)
    model.embed(["warm up"])
    before = resident()
    with tempfile.TemporaryDirectory(prefix="remanence-speed-") as folder:
        setting = Setting(model, own or embedder, Path(folder), seed)
        system = find_system(base)(setting)
        records = texts(size, seed)
        asked = questions(count, seed)
        empty = resident()
        started = time.perf_counter()
        for at in range(0, size, CHUNK):
            system.add(records[at : at + CHUNK])
        added = time.perf_counter() - started
        system.search(asked[0], 10)
        times = [_timed(lambda q=q: system.search(q, 10)) for q in asked]  # type: ignore[misc]
        packed = [_timed(lambda q=q: system.context(q, 1000)) for q in asked[: max(10, count // 4)]]  # type: ignore[misc]
        grown = resident() - empty
        kept = system.cost().get("bytes", 0.0)
        system.close()
    return {
        "items": size,
        "add_seconds": added,
        "items_per_second": size / added,
        "query_p50_ms": 1000 * float(np.quantile(times, 0.5)),
        "query_p95_ms": 1000 * float(np.quantile(times, 0.95)),
        "query_p99_ms": 1000 * float(np.quantile(times, 0.99)),
        "context_p95_ms": 1000 * float(np.quantile(packed, 0.95)),
        "rss_mb": grown / 2**20,
        "rss_start_mb": before / 2**20,
        "bytes_per_item": kept / size,
    }


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def sweep(
    sizes: Sequence[int],
    systems: Sequence[str],
    embedder: str = "static",
    *,
    queries: int = 200,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """All points, growth exponents, and every system's costs as ratios to the first system's at equal size."""
    if not sizes or min(sizes) < 100 or max(sizes) > 1_000_000:
        raise InvalidInput("sizes go from 100 to 1,000,000 items")
    say = tell or (lambda text: None)
    rows: dict[str, list[dict[str, float]]] = {}
    skipped: dict[str, str] = {}
    for name in systems:
        for size in sorted(sizes):
            say(f"speed  {name}  {size:,} items")
            got = _apart(name, size, embedder, queries, seed)
            if "skipped" in got:
                skipped[name] = str(got["skipped"])
                break
            rows.setdefault(name, []).append(got)
    return {
        "made": {**machine(), "embedder": embedder, "queries": queries, "seed": seed, "sizes": sorted(sizes)},
        "points": rows,
        "growth": {name: exponents(points) for name, points in rows.items()},
        "ratios": ratios(rows),
        "skipped": skipped,
    }


def _apart(name: str, size: int, embedder: str, queries: int, seed: int) -> dict[str, Any]:
    """One point in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "remanence.arena.speed", name, str(size), embedder, str(queries), str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 3:
        return {"skipped": done.stdout.strip()}
    if done.returncode:
        raise InvalidInput(f"{name} failed at {size:,} items: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def exponents(points: Sequence[dict[str, float]]) -> dict[str, float]:
    """Slope of log(cost) over log(items), by least squares; left out with fewer than two sizes."""
    if len(points) < 2:
        return {}
    items = np.log([point["items"] for point in points])
    found = {}
    for name in ("add_seconds", "query_p50_ms", "query_p95_ms", "context_p95_ms", "rss_mb", "bytes"):
        values = [p["bytes_per_item"] * p["items"] if name == "bytes" else p[name] for p in points]
        if min(values) > 0:
            found[name] = round(float(np.polyfit(items, np.log(values), 1)[0]), 3)
    return found


def ratios(rows: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, dict[str, float]]]:
    """other system -> size -> measure -> its value over the first system's, of the same run."""
    names = list(rows)
    if not names:
        return {}
    own = {int(point["items"]): point for point in rows[names[0]]}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name in names[1:]:
        for point in rows[name]:
            base = own.get(int(point["items"]))
            if base is not None:
                found.setdefault(name, {})[str(int(point["items"]))] = {
                    measure: round(point[measure] / base[measure], 3)
                    for measure in ("add_seconds", "query_p50_ms", "query_p95_ms", "bytes_per_item", "rss_mb")
                    if base[measure] > 0
                }
    return found


def as_text(told: dict[str, Any]) -> str:
    """The sweep as a plain table."""
    names = (
        "items_per_second",
        "query_p50_ms",
        "query_p95_ms",
        "query_p99_ms",
        "context_p95_ms",
        "rss_mb",
        "bytes_per_item",
    )
    rows = [("system", "items", *names)]
    for system, points in told["points"].items():
        rows += [(system, f"{p['items']:,}", *(f"{p[name]:,.2f}" for name in names)) for p in points]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
    for system, growth in told["growth"].items():
        lines.append(f"growth of {system}: " + ", ".join(f"{name} n^{value:.2f}" for name, value in growth.items()))
    for system, sizes in told["ratios"].items():
        for size, values in sizes.items():
            shown = ", ".join(f"{name} x{value:g}" for name, value in values.items())
            lines.append(f"{system} over {next(iter(told['points']))} at {int(size):,}: {shown}")
    lines += [f"{system}: SKIPPED ({reason})" for system, reason in told["skipped"].items()]
    return "\n".join(lines)


def _main(argv: Sequence[str]) -> int:
    name, size, embedder, queries, seed = argv
    try:
        got = point(name, int(size), embedder, count=int(queries), seed=int(seed))
    except (Skipped, ModelMissing) as skipped:
        sys.stdout.write(getattr(skipped, "reason", "") or str(skipped))
        return 3
    except StoreError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.write(json.dumps(got))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
