"""LMEB: how well an embedder finds memories of four types - episodic, dialogue, semantic, procedural.

Two forms. `lmeb` is made of the downloads that the other tasks use: EpBench chapters, LoCoMo turns, HotpotQA
passages, ALFWorld procedures. `lmeb-official` reads `lmeb/<type>/<task>/{corpus,queries}.jsonl` and
`qrels.tsv` (query, document, gain), with `candidates.jsonl` where a query may see only some documents; that
layout was taken from descriptions and not verified. Run it with `--recipes dense@hashing,dense@static,
dense@minilm --no-baselines`; the score is nDCG@10 (Zhao et al. 2026).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record, Skipped
from remanence.arena.tasks.epbench import epbench
from remanence.arena.tasks.locomo import locomo
from remanence.arena.tasks.multihop import hotpotqa
from remanence.arena.tasks.proced import proced

WHERE = "https://huggingface.co/datasets/KaLM-Embedding/LMEB; or the downloads of epbench, locomo, hotpotqa, proced"
TYPES = ("episodic", "dialogue", "semantic", "procedural")


def lmeb(files: Files) -> Iterator[Pool]:
    """Pools of the four types; a type whose download is missing is left out, all missing is skipped."""
    parts: tuple[tuple[str, Iterable[Pool]], ...] = (
        ("episodic", epbench(files)),
        ("dialogue", locomo(files, corrected=False)),
        ("semantic", hotpotqa(files)),
        ("procedural", proced(files)),
    )
    missing = []
    for kind, pools in parts:
        try:
            for pool in pools:
                yield _as_type(kind, pool)
        except Skipped as skipped:
            missing.append(f"{kind}: {skipped.reason}")
    if len(missing) == len(parts):
        raise Skipped("; ".join(missing), WHERE)


def _as_type(kind: str, pool: Pool) -> Pool:
    asked = tuple(
        replace(q, category=kind, choices=(), order=(), data={}) for q in pool.questions if q.answerable and q.evidence
    )
    return Pool(f"{kind}/{pool.id}", pool.records, asked)


def lmeb_official(files: Files, *, kinds: str = "") -> Iterator[Pool]:
    """One pool a task folder; a query with its own candidates gets a pool of its own."""
    wanted = set(kinds.split("+")) - {""}
    for path in files.need("lmeb", "*/*/corpus.jsonl", "*/corpus.jsonl"):
        folder = path.parent
        kind = folder.parent.name if folder.parent.name.lower() in TYPES else folder.name
        if wanted and kind not in wanted:
            continue
        inside = folder.relative_to(files.data).as_posix() if files.data else folder.name
        corpus = {str(row.get("_id", row.get("id"))): row for row in files.lines(path)}
        queries = {
            str(row.get("_id", row.get("id"))): str(row["text"])
            for row in files.lines(files.need(inside, "queries.jsonl")[0])
        }
        gains = _qrels(files.text(files.need(inside, "qrels.tsv", "qrels/test.tsv")[0]))
        limits = {
            str(row.get("query_id", row.get("scene_id", row.get("_id")))): [
                str(one) for one in row.get("candidate_doc_ids", row.get("candidates", []))
            ]
            for found in files.found(inside, "candidates.jsonl")
            for row in files.lines(found)
        }
        groups: dict[tuple[str, ...], list[str]] = {}
        for query in queries:
            if gains.get(query):
                groups.setdefault(tuple(limits.get(query, ())), []).append(query)
        for number, (limit, asked) in enumerate(groups.items()):
            held = {key: corpus[key] for key in (limit or corpus) if key in corpus}
            records = tuple(
                Record(
                    key,
                    "\n".join(str(part) for part in (row.get("title"), row["text"]) if part),
                    kind="chunk",
                )
                for key, row in held.items()
            )
            questions = tuple(
                Question(
                    id=query,
                    text=queries[query],
                    evidence=tuple(key for key in gains[query] if key in held),
                    category=kind,
                    gains={key: gain for key, gain in gains[query].items() if key in held},
                )
                for query in asked
            )
            yield Pool(f"{kind}/{folder.name}/{number}", records, tuple(q for q in questions if q.evidence))


def _qrels(text: str) -> dict[str, dict[str, float]]:
    """query -> document -> gain, from three columns or the four of TREC."""
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        cells = line.split()
        if len(cells) < 3 or not cells[-1].replace(".", "", 1).isdigit():
            continue
        if float(cells[-1]) > 0:
            found.setdefault(cells[0], {})[cells[-2]] = float(cells[-1])
    return found
