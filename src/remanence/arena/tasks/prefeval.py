"""PrefEval: a preference is stated, many turns follow, then a question that does not resemble it is asked.

Layout: `prefeval/explicit_preference/<topic>.json`, `implicit_preference/{choice-based,persona-driven}/`,
`mcq_options/` and `filtered_inter_turns.json`. Verified on five items of each of 20 topics, all four forms
(Zhao et al. 2025).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from remanence.arena.core.files import Files
from remanence.arena.core.task import Pool, Question, Record
from remanence.errors import BadKnob

WHERE = "https://github.com/amazon-science/PrefEval (benchmark_dataset), CC BY-NC 4.0"
FORMS = {
    "explicit": "explicit_preference",
    "choice": "implicit_preference/choice-based",
    "persona": "implicit_preference/persona-driven",
}


def prefeval(files: Files, *, form: str = "explicit", filler: int = 100, seed: int = 0) -> Iterator[Pool]:
    """One pool an item. form: explicit, choice or persona. filler: turns between preference and question."""
    if form not in FORMS:
        raise BadKnob(f"form is one of {', '.join(FORMS)}, not {form!r}")
    options = {
        (row["preference"], row["question"]): row["classification_task_options"]
        for path in files.found("prefeval", "mcq_options/*.json")
        for row in files.json(path)
    }
    between = [
        (turn["role"], turn["content"])
        for talk in files.json(files.need("prefeval", "filtered_inter_turns.json")[0])
        for turn in talk["conversation"]
        if turn["content"].strip()
    ]
    rng = random.Random(seed)
    for path in files.need("prefeval", f"{FORMS[form]}/*.json"):
        topic = path.name.split(".")[0]
        for number, row in enumerate(files.json(path)):
            choices = options.get((row["preference"], row["question"]))
            start = rng.randrange(len(between))
            tail = [between[(start + at) % len(between)] for at in range(filler)]
            yield _pool(f"{topic}/{number}", form, row, choices, tail, rng)


def _pool(
    name: str,
    form: str,
    row: dict[str, Any],
    choices: list[str] | None,
    tail: list[tuple[str, str]],
    rng: random.Random,
) -> Pool:
    said, telling = _stated(form, row)
    records = [Record(f"{name}/{at}", text, role=role, session=f"{name}/first") for at, (role, text) in enumerate(said)]
    evidence = tuple(records[at].source for at in telling)
    records += [
        Record(f"{name}/{len(said) + at}", text, role=role, session=f"{name}/rest")
        for at, (role, text) in enumerate(tail)
    ]
    order = list(range(len(choices or [])))
    rng.shuffle(order)
    question = Question(
        id=name,
        text=row["question"],
        evidence=evidence,
        sessions=(f"{name}/first",),
        category=name.split("/")[0],
        choices=tuple(choices[at] for at in order) if choices else (),
        correct=order.index(0) if choices else None,
        answers=(),
        data={"preference": row["preference"]},
    )
    return Pool(name, tuple(records), (question,))


def _stated(form: str, row: dict[str, Any]) -> tuple[list[tuple[str, str]], list[int]]:
    """The turns that carry the preference, and which of them state it (none known for a persona talk)."""
    if form == "explicit":
        return [("user", row["preference"])], [0]
    talk = row["conversation"]
    if form == "choice":
        said = [
            ("user", talk["query"]),
            ("assistant", talk["assistant_options"]),
            ("user", talk["user_selection"]),
            ("assistant", talk["assistant_acknowledgment"]),
        ]
        return said, [2]
    said = [(role, talk[key][role]) for key in sorted(talk, key=int) for role in ("user", "assistant")]
    return said, []
