"""PrecisionMemBench: which beliefs must come back for a query, and that nothing else does.

Layout: `precisionmembench/beliefs*.json` and `retrieval.cases.json`. Verified on the whole set. Pinned facts,
open questions and the persona are assembled by the caller in every system alike, so they are neither asked
for nor counted against one; what is measured is `relevantBeliefs`. A case is passed when the first results are
exactly the wanted beliefs, however many they are; a system whose confidence stays below one half gives none. The
authors sell a memory product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.arena.tasks.dates import parse

WHERE = "https://github.com/tenurehq/precisionMemBench (fixtures), MIT"


def precisionmembench(files: Files) -> Iterator[Pool]:
    """One pool for each scope that cases ask in: the beliefs which that scope may see."""
    beliefs = files.json(files.need("precisionmembench", "beliefs*.json")[0])
    cases = files.json(files.need("precisionmembench", "retrieval.cases.json")[0])
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for case in cases:
        key = (case.get("userId", "test-user"), tuple(sorted(case["scope"])))
        groups.setdefault(key, []).append(case)
    for (user, scope), mine in groups.items():
        seen = [
            belief
            for belief in beliefs
            if belief["user_id"] == user and set(belief["scope"]) & {*scope, "user:universal"}
        ]
        apart = {b["_id"] for b in seen if b["pinned"] or b["type"] == "open_question"}
        records = tuple(_record(belief) for belief in seen if belief["_id"] not in apart)
        yield Pool(
            f"{user}:{'+'.join(scope)}",
            records,
            tuple(_question(case, {record.source for record in records}) for case in mine),
        )


def _record(belief: dict[str, Any]) -> Record:
    parts = [belief["canonical_name"].replace("_", " "), *belief.get("aliases", [])]
    text = "; ".join([", ".join(parts), belief["content"], belief.get("why_it_matters") or ""]).rstrip("; ")
    return Record(
        belief["_id"],
        text,
        at=parse(belief.get("created_at") or belief.get("last_reinforced_at")),
        data={"title": belief["canonical_name"]},
    )


def _question(case: dict[str, Any], there: set[str]) -> Question:
    wanted = case["expect"].get("relevantBeliefs", {})
    only = [*wanted.get("shouldOnlyInclude", []), *wanted.get("mustInclude", [])]
    gold = [source for source in dict.fromkeys(only) if source in there]
    return Question(
        id=case["caseId"],
        text=case["query"],
        evidence=tuple(gold),
        category=case["category"],
        data={
            "gold": gold,
            "stated": "shouldOnlyInclude" in wanted or bool(gold),
            "never": wanted.get("mustExclude", []),
        },
    )
