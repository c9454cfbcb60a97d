"""Runs tasks against systems, resumes, and writes one JSON file per task and system.

The loop is pools outside, systems inside: what several systems share (the embedded texts, the space that
recipes with the same form and evolve stages fill) is made once per pool. After each pool the outcomes are
appended to a part file, so that a stopped run goes on where it was; Ctrl-C keeps everything finished.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from remanence.arena import metrics
from remanence.arena.score import Outcome, score, summarise
from remanence.arena.system import SYSTEMS, Found, Maker, Prefixed, Setting, System, find_system
from remanence.arena.task import Pool, Question, Skipped, Task, find_task
from remanence.errors import InvalidInput, RemanenceError
from remanence.language.tokens import count_tokens
from remanence.types import Embedder, Floats

DEPTH = 50
"""How many results are asked for; the rank measures look at the first 1 to 50."""
SPEAKING = ("mem0", "langgraph", "chromadb", "lancedb", "txtai", "numpy", "apsw", "onnxruntime", "torch")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and where the results go."""

    tasks: tuple[str, ...]
    systems: tuple[str, ...]
    out: Path
    data: Path | None = None
    embedder: str = "static"
    seed: int = 0
    depth: int = DEPTH
    budgets: tuple[int, ...] = metrics.BUDGETS
    limit: int | None = None
    """Ask at most so many questions of each pool (a quick look; the file says so)."""
    fresh: bool = False
    """Run again what is already there."""


@dataclass(slots=True)
class Ran:
    """One finished or skipped cell of the grid."""

    task: str
    system: str
    path: Path | None = None
    skipped: str = ""
    where: str = ""
    reused: bool = False
    summary: dict[str, Any] = field(default_factory=dict)


class Shared:
    """An embedder that remembers the vectors of one pool, so that all systems pay for them once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Floats] = {}
        self.seconds = 0.0
        self.texts = 0

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dim(self) -> int:
        return self._embedder.dim

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit rows [N, dim]; a text seen before costs nothing."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            start = time.perf_counter()
            self._known.update(zip(missing, self._embedder.embed(missing), strict=True))
            self.seconds += time.perf_counter() - start
            self.texts += len(missing)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._known[text] for text in texts])

    def embed_query(self, text: str) -> Floats:
        """One unit vector; never remembered, so that query times are real."""
        return self._embedder.embed_query(text)

    def forget(self) -> None:
        """Drop the vectors; the next pool starts empty."""
        self._known.clear()


def run(plan: Plan, tell: Callable[[str], None] | None = None) -> Iterator[Ran]:
    """Run every task against every system, yielding each cell as it ends."""
    say = tell or (lambda text: None)
    plan.out.mkdir(parents=True, exist_ok=True)
    for name in plan.tasks:
        task = find_task(name)
        try:
            pools, fingerprint = task.open(plan.data)
        except Skipped as skipped:
            for system_name in plan.systems:
                yield Ran(task.name, system_name, skipped=skipped.reason, where=skipped.where)
            continue
        yield from _run_task(plan, task, pools, fingerprint, say)


@dataclass(slots=True)
class _Lane:
    """One system on its way through the pools of one task."""

    name: str
    base: str
    embedder: str
    maker: Maker
    made: dict[str, Any]
    key: str
    part: Path
    final: Path
    outcomes: list[Outcome] = field(default_factory=list)
    pools: list[dict[str, Any]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    skipped: str = ""
    where: str = ""


def _run_task(plan: Plan, task: Task, pools: list[Pool], fingerprint: str, say: Callable[[str], None]) -> Iterator[Ran]:
    lanes: list[_Lane] = []
    for name in plan.systems:
        lane = _lane(plan, task, name, fingerprint)
        if lane.final.exists() and not plan.fresh:
            held = json.loads(lane.final.read_text(encoding="utf-8"))
            if held["made"]["key"] == lane.key:
                yield Ran(task.name, name, lane.final, reused=True, summary=held["summary"])
                continue
        _resume(lane, pools, fresh=plan.fresh)
        lanes.append(lane)
    if not lanes:
        return
    embedders: dict[str, Shared] = {}
    total = sum(len(_asked(plan, pool)) for pool in pools) * len(lanes)
    done, started = sum(len(lane.outcomes) for lane in lanes), time.monotonic()
    already = done
    for pool in pools:
        with tempfile.TemporaryDirectory(prefix="remanence-bench-") as folder:
            bases: dict[Any, Path] = {}
            for lane in lanes:
                if lane.skipped or pool.id in lane.done:
                    continue
                try:
                    outcomes, told = _ask_pool(plan, task, pool, lane, Path(folder), bases, embedders)
                except Skipped as skipped:
                    lane.skipped, lane.where = skipped.reason, skipped.where
                    continue
                except RemanenceError as error:  # one system that cannot go on does not stop the others
                    lane.skipped = f"{type(error).__name__}: {error}"
                    continue
                lane.outcomes += outcomes
                lane.pools.append(told)
                _append(lane, pool, outcomes, told)
                done += len(outcomes)
                rate = (done - already) / max(1e-9, time.monotonic() - started)
                left = (total - done) / rate if rate else float("nan")
                say(f"{task.name}  {lane.name}  {pool.id}  {done}/{total}  {rate:.0f} q/s  {_clock(left)} left")
        for shared in embedders.values():
            shared.forget()
    for lane in lanes:
        if lane.skipped:
            yield Ran(task.name, lane.name, skipped=lane.skipped, where=lane.where)
            continue
        summary = write(lane.final, task, lane.made, lane.outcomes, lane.pools, plan.seed)
        lane.part.unlink(missing_ok=True)
        yield Ran(task.name, lane.name, lane.final, summary=summary)


def _asked(plan: Plan, pool: Pool) -> tuple[Question, ...]:
    return pool.questions[: plan.limit] if plan.limit else pool.questions


def _lane(plan: Plan, task: Task, name: str, fingerprint: str) -> _Lane:
    base, _, embedder = name.partition("@")
    embedder = embedder or plan.embedder
    made = {
        "task": task.name,
        "system": name,
        "embedder": embedder,
        "seed": plan.seed,
        "depth": plan.depth,
        "budgets": list(plan.budgets),
        "limit": plan.limit,
        "task_knobs": dict(task.knobs),
        "data_fingerprint": fingerprint,
        "code": code_fingerprint(own=base not in SYSTEMS),
    }
    key = hashlib.sha256(json.dumps(made, sort_keys=True, default=str).encode()).hexdigest()[:16]
    made |= {"key": key, "command": command(plan, task.name, name), **machine()}
    stem = f"{_file_name(task.name)}__{_file_name(name)}"
    return _Lane(
        name,
        base,
        embedder,
        find_system(base),
        made,
        key,
        plan.out / f".{stem}.part.jsonl",
        plan.out / f"{stem}.json",
    )


def command(plan: Plan, task: str, system: str) -> str:
    """The command line that makes one cell again."""
    words = ["remanence", "bench", "run", task, "--recipes", system, "--embedder", plan.embedder]
    words += ["--data", "DIR"] if plan.data is not None else []
    words += ["--seed", str(plan.seed), "--depth", str(plan.depth), "--out", "OUT"]
    words += ["--limit", str(plan.limit)] if plan.limit else []
    return shlex.join(words)


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_.@" else "-" for letter in text)


def _clock(seconds: float) -> str:
    if math.isnan(seconds) or seconds > 359_999:
        return "?"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


# --- one pool ------------------------------------------------------------------------------------


def _ask_pool(
    plan: Plan,
    task: Task,
    pool: Pool,
    lane: _Lane,
    folder: Path,
    bases: dict[Any, Path],
    embedders: dict[str, Shared],
) -> tuple[list[Outcome], dict[str, Any]]:
    """Fill one system with one pool, ask its questions and score them."""
    from remanence.models import by_name

    if lane.embedder not in embedders:
        embedders[lane.embedder] = Shared(by_name(lane.embedder))
    home = folder / _file_name(lane.name)
    home.mkdir(exist_ok=True)
    setting = Setting(embedders[lane.embedder], lane.embedder, home, plan.seed)
    told: dict[str, Any] = {"pool": pool.id, "records": len(pool.records), "data": dict(pool.data)}
    started = time.perf_counter()
    maker = lane.maker
    if isinstance(maker, Prefixed) and not pool.streaming and (shape := maker.prefix()) is not None:
        key = (lane.embedder, shape)
        told["prefix_shared"] = key in bases
        if key not in bases:
            bases[key] = maker.build(setting, pool.records, folder / f"shared-{len(bases)}.db")
        told["add_seconds"] = time.perf_counter() - started
        system: System = maker.open(setting, bases[key])
    else:
        system = maker(setting)
        if not pool.streaming:
            system.add(pool.records)
        told["add_seconds"] = time.perf_counter() - started
        told["prefix_shared"] = False
    try:
        outcomes = _ask(plan, task, pool, system)
        told["cost"] = dict(system.cost())
        if {"hygiene", "points"} & set(task.measures):
            told["write"] = _write_side(system, pool)
        told["state"] = _pool_values(task, outcomes)
    finally:
        system.close()
    told["query_ms"] = sorted(round(1000 * outcome.seconds, 3) for outcome in outcomes)
    told["rss_mb"] = round(resident() / 2**20, 1)
    shutil.rmtree(home, ignore_errors=True)
    return outcomes, told


def _ask(plan: Plan, task: Task, pool: Pool, system: System) -> list[Outcome]:
    texts = {record.source: (record.text, record.key) for record in pool.records}
    asked = list(_asked(plan, pool))
    if pool.streaming:
        asked.sort(key=lambda q: len(pool.records) if q.after is None else q.after)
    outcomes: list[Outcome] = []
    at = 0
    unranked = system.name == "full-context"
    for question in asked:
        if pool.streaming:
            until = len(pool.records) if question.after is None else question.after
            if until > at:
                system.add(pool.records[at:until])
                at = until
        start = time.perf_counter()
        found = [] if question.data.get("pair") else system.search(question, plan.depth)
        seconds = time.perf_counter() - start
        outcome = Outcome(pool.id, question, found, seconds=seconds)
        if unranked:
            outcome.extra["unranked"] = True
        elif question.data.get("pair"):
            outcome.extra["picked"] = earlier(system, question)
        if "context" in task.measures:
            outcome.packed = _packed(plan, question, system, texts)
        if {"abstain", "cases"} & set(task.measures):
            outcome.confidence = system.confidence(question)
        if "answer" in task.measures:
            outcome.answer = system.answer(question)
        outcome.values = score(outcome, pool, task.measures)
        outcomes.append(outcome)
    return outcomes


def earlier(system: System, question: Question) -> int | None:
    """Which of two passages came first by the times of the system's own best hits; None when it cannot tell."""
    times = []
    for choice in question.choices:
        hits = system.search(Question(question.id, choice, at=question.at), 1)
        times.append(hits[0].at if hits else None)
    if None in times or times[0] == times[1]:
        return None
    return 0 if times[0] < times[1] else 1  # type: ignore[operator]


def _packed(
    plan: Plan, question: Question, system: System, texts: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    packed: dict[str, dict[str, Any]] = {}
    budgets: Iterable[int] = plan.budgets
    full = system.name == "full-context"
    for budget in (*budgets, *((WINDOW,) if full else ())):
        got = system.context(question, budget)
        entry: dict[str, Any] = {"tokens": _count(got.text)}
        entry["sources"] = list(got.sources) if budget != WINDOW else sorted(set(got.sources) & {*question.evidence})
        entry["shares"] = {
            source: share
            for source in question.evidence
            if (share := max(told_share(_runs(got.text), text) for text in texts.get(source, ("", ""))))
        }
        if question.answers:
            entry["holds_answer"] = metrics.contains(got.text, question.answers)
        packed["full" if budget == WINDOW and full else str(budget)] = entry
    return packed


WINDOW = 128_000
"""Tokens that the full-context row may fill in its `full` column."""
_RUN = 6


@lru_cache(maxsize=8)
def _runs(text: str) -> tuple[frozenset[str], str]:
    words = metrics.words(text)
    runs = frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words)))
    return runs, f" {' '.join(words)} "


@lru_cache(maxsize=8)
def _count(text: str) -> int:
    return count_tokens(text)


def told_share(shown: tuple[frozenset[str], str], record: str) -> float:
    """The share of a record's runs of six words that stand in a context; 1 for a short one that is all there."""
    words = metrics.words(record)
    if not words:
        return 0.0
    if len(words) <= _RUN:
        return float(f" {' '.join(words)} " in shown[1])
    runs = [" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
    return sum(run in shown[0] for run in runs) / len(runs)


def _write_side(system: System, pool: Pool) -> dict[str, float]:
    """Counts over what the system holds at the end of a pool."""
    from remanence.arena.points import write_scores

    held = system.held()
    current = [one.text for one in held if one.current]
    told: dict[str, float] = {k: float(v) for k, v in metrics.hygiene(current).items()}
    return told | write_scores(held, pool)


def _pool_values(task: Task, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What only makes sense over all questions of a pool: did a whole episode succeed, how much was reread."""
    if "episode" not in task.measures or any(outcome.extra.get("unranked") for outcome in outcomes):
        return {}
    right = [o.values.get("choice", o.values.get("newest@1", 0.0)) for o in outcomes]
    seen: set[str] = set()
    reads = again = 0
    for outcome in outcomes:
        for one in outcome.found[:5]:
            reads += 1
            again += one.source in seen
            seen.add(one.source)
    return {
        "episode": float(all(value >= 1.0 for value in right)),
        "redundancy": again / reads if reads else 0.0,
    }


# --- files ---------------------------------------------------------------------------------------


def _row(outcome: Outcome, question: Question) -> dict[str, Any]:
    return {
        "pool": outcome.pool,
        "id": question.id,
        "question": question.text,
        "category": question.category,
        "answers": list(question.answers),
        "answerable": question.answerable,
        "evidence": list(question.evidence),
        "found": [[one.source, round(float(one.score), 4)] for one in outcome.found],
        "packed": outcome.packed,
        "confidence": outcome.confidence,
        "answer": outcome.answer,
        "ms": round(1000 * outcome.seconds, 3),
        "values": outcome.values,
        "extra": outcome.extra,
    }


def _append(lane: _Lane, pool: Pool, outcomes: list[Outcome], told: dict[str, Any]) -> None:
    texts = {record.source: record.key for record in pool.records}
    rows = []
    for outcome in outcomes:
        row = _row(outcome, outcome.question)
        row["evidence_text"] = {s: texts.get(s, "")[:240] for s in outcome.question.evidence}
        row["first_text"] = outcome.found[0].text[:240] if outcome.found else ""
        outcome.row = row
        rows.append(row)
    line = {"key": lane.key, "pool": pool.id, "told": told, "rows": rows}
    with lane.part.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def _resume(lane: _Lane, pools: Sequence[Pool], *, fresh: bool) -> None:
    """Take over the pools that an earlier, stopped run of the same key finished."""
    if fresh:
        lane.part.unlink(missing_ok=True)
        return
    if not lane.part.exists():
        return
    questions = {(pool.id, question.id): question for pool in pools for question in pool.questions}
    kept: list[str] = []
    for text in lane.part.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:  # the last line of a run that was stopped while it wrote
            continue
        if line["key"] != lane.key or line["pool"] in lane.done:
            continue
        kept.append(text)
        for row in line["rows"]:
            outcome = Outcome(
                row["pool"],
                questions[row["pool"], row["id"]],
                [Found(source, value) for source, value in row["found"]],
                row["packed"],
                row["confidence"],
                row["answer"],
                row["ms"] / 1000,
                row["extra"],
                row["values"],
                row,
            )
            lane.outcomes.append(outcome)
        lane.pools.append(line["told"])
        lane.done.add(line["pool"])
    lane.part.write_text("".join(text + "\n" for text in kept), encoding="utf-8")


def write(
    path: Path,
    task: Task,
    made: dict[str, Any],
    outcomes: Sequence[Outcome],
    pools: Sequence[dict[str, Any]],
    seed: int,
) -> dict[str, Any]:
    """Write one finished cell as JSON (atomically) and return its summary."""
    summary = summarise(outcomes, seed=seed)
    summary["all"] |= _from_pools(pools)
    summary["cost"] = cost(pools)
    summary["headline"] = task.headline
    document = {
        "format": 1,
        "made": made | {"finished": datetime.now(UTC).isoformat(timespec="seconds")},
        "summary": summary,
        "pools": list(pools),
        "questions": [outcome.row for outcome in outcomes],
    }
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str), encoding="utf-8")
    partial.replace(path)
    return summary


def _from_pools(pools: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Means over pools of what is measured once a pool."""
    columns: dict[str, list[float]] = {}
    for told in pools:
        for name, value in {**told.get("state", {}), **told.get("write", {})}.items():
            columns.setdefault(name, []).append(float(value))
    return {name: {"mean": sum(values) / len(values), "n": len(values)} for name, values in columns.items()}


def cost(pools: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Speed, size and model calls over all pools; add times of a shared prefix count where it was made."""
    times = np.asarray([ms for told in pools for ms in told["query_ms"]] or [0.0])
    own = [told for told in pools if not told.get("prefix_shared")]
    records = sum(told["records"] for told in pools)
    seconds = sum(told["add_seconds"] for told in own)
    found = {
        "records": float(records),
        "query_p50_ms": float(np.quantile(times, 0.5)),
        "query_p95_ms": float(np.quantile(times, 0.95)),
        "query_p99_ms": float(np.quantile(times, 0.99)),
        "rss_mb": max((told["rss_mb"] for told in pools), default=0.0),
    }
    if seconds:
        found["items_per_second"] = sum(told["records"] for told in own) / seconds
    for name in ("bytes", "llm_calls", "llm_tokens"):
        total = sum(told.get("cost", {}).get(name, 0.0) for told in pools)
        found["bytes_per_item" if name == "bytes" else name] = total / max(1, records) if name == "bytes" else total
    return found


def load(folder: Path) -> list[dict[str, Any]]:
    """All finished runs in a folder, by task and system."""
    found = []
    for path in sorted(folder.glob("*__*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("format") == 1:
            found.append(document)
    if not found:
        raise InvalidInput(f"no finished runs in {folder}; make some with: remanence bench run TASK --out {folder}")
    return found


# --- the machine ---------------------------------------------------------------------------------


def resident() -> int:
    """Resident memory of this process in bytes (0 where the system does not tell)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096


def machine() -> dict[str, Any]:
    """Versions, commit and machine: what is needed to make the numbers again."""
    versions = {}
    for name in ("remanence", *SPEAKING):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "versions": versions,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "commit": commit(),
        "argv": sys.argv[1:],
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def commit() -> str:
    """The repository's commit, with a plus sign when files differ from it; "" outside of a repository."""
    here = Path(__file__).parent
    try:
        name = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--", str(here.parent)],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
    return name + ("+" if changed else "")


@lru_cache
def code_fingerprint(*, own: bool = True) -> str:
    """Hash of the source files that a result depends on: a changed program runs again instead of reusing.

    own: recipes run through the whole engine; baselines only through the arena, the models and what reads text.
    """
    root = Path(__file__).parent.parent
    rooms: tuple[str, ...] = ("types", "algo", "language", "models", "arena")
    rooms += ("stage", "memory", "store", "ingest", "form", "evolve", "recall", "compose", "recipes") if own else ()
    digest = hashlib.sha256()
    files = [path for room in rooms for path in (root / room).rglob("*.py")]
    for path in sorted([*files, *(root.glob("*.py") if own else ())]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def described(task: Task) -> dict[str, Any]:
    """A task as plain data, for listings."""
    return {key: value for key, value in asdict(task).items() if key != "load"}
