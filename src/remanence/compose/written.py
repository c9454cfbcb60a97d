"""An answer that a language model writes from the packed context, with citations that exist."""

from __future__ import annotations

from collections.abc import Mapping

from remanence.compose.cited import NOT_IN_MEMORY, Answer, source_of
from remanence.stage import Ctx
from remanence.stage.llm_json import llm_json, said_nothing
from remanence.types import Context, Cue

_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string"},
        "citations": {"type": "array", "items": {"type": "integer"}},
        "in_memory": {"type": "boolean"},
    },
    "required": ["answer", "citations", "in_memory"],
}
_TASK = (
    "Answer the question from the remembered snippets alone, as briefly as is complete: a date, a name, a number, a "
    "list or one sentence. Times in a snippet are relative to its own date; give absolute dates. When snippets "
    "disagree, the latest holds unless the question is about an earlier time. Give in `citations` the numbers of the "
    "snippets that the answer rests on. If the snippets do not hold the answer - also when they tell it of somebody "
    "else than the question asks about - set in_memory to false and leave answer empty."
)


def written(cue: Cue, context: Context, ctx: Ctx, sure: float) -> Answer | None:
    """The model's answer with citations that exist; None (and a line in `degraded`) when there is no usable one."""
    material = {
        "question": cue.text,
        "asked_on": f"{cue.at:%Y-%m-%d}",
        "context": context.text,
        "snippets": [
            {
                "number": number,
                "said_on": f"{hit.item.at:%Y-%m-%d}" if hit.item.at is not None else None,
                "who": hit.item.who,
                "source": source_of(hit.item),
            }
            for number, hit in enumerate(context.hits, 1)
        ],
    }
    reply = llm_json(ctx.llm, ctx.degraded, "ask", _TASK, material, dict(_SCHEMA))
    if reply is None:
        return None
    degraded = tuple(dict.fromkeys((*context.degraded, *ctx.degraded)))
    if reply["in_memory"] and not str(reply["answer"]).strip():
        said_nothing(ctx.degraded, "ask", "wrote no answer")
        return None
    if not reply["in_memory"]:
        # the model has read the evidence; its no weighs more than the ranks
        doubt = min(sure, 0.25)
        told = f"Not in memory (confidence {doubt:.2f})."
        return Answer(told, NOT_IN_MEMORY, doubt, False, (), context.hits[:3], context.text, degraded)
    numbers = [n for n in dict.fromkeys(reply["citations"]) if isinstance(n, int) and 1 <= n <= len(context.hits)]
    if not numbers:
        ctx.degraded.append(
            "ask: the language model cited nothing that was given to it; the answer was extracted instead"
        )
        return None
    evidence = tuple(context.hits[n - 1] for n in numbers)
    text = " ".join(str(reply["answer"]).split())
    return Answer(
        text, text, max(sure, 0.75), True, tuple(dict.fromkeys(source_of(hit.item) for hit in evidence)), evidence,
        context.text, degraded,
    )  # fmt: skip
