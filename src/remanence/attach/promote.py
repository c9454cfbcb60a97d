"""Promote items from text to key-value blocks or weights and back: MemOS' three substrates over one memory."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from remanence.attach import blocks
from remanence.attach.artefacts import Artefact, Artefacts, Form, Items, forgotten
from remanence.attach.asked_slots import GATE, AskedSlots, Slot, asides
from remanence.attach.model import Model, read
from remanence.attach.ngram_slots import NGramSlots, spellings
from remanence.attach.quantise import quantised
from remanence.attach.rome import Fact, second_moments, values_of
from remanence.attach.side import Example, share
from remanence.errors import InvalidInput
from remanence.types import Item, Scope

Timer = Callable[[], float]
PREFIXES = ("", "I was told this. ")
"""A fact is written with and without something before it, so that its key does not hang on the sentence's place."""


def promote(
    memory: Items,
    ids: Sequence[str],
    to: Form,
    *,
    model: Model,
    artefacts: Artefacts,
    timer: Timer = time.process_time,
    **knobs: Any,
) -> Artefact:
    """Make a key-value block or a weight memory from items; the text stays what is true.

    `to="kv"`: `head` and `bits` as in `blocks`. `to="weights"`: `layer` and the knobs of `rome.Search`; an
    item needs a subject with a name and a value (see `as_fact`), and a slot opens where the name stands, or with
    `asked=True` only where it stands and the text asks for this fact (see `AskedSlots`).
    The artefact says what was measured when it was made: the block against reading the text, or the share of facts
    that the model then answers without any text.
    """
    items = [memory.get(id) for id in ids]
    gone = [item.id for item in items if forgotten(item)]
    if gone or not items:
        raise InvalidInput(f"cannot promote what is forgotten: {', '.join(gone) or 'no items were given'}")
    start = timer()
    maker = {"kv": _to_kv, "weights": _to_weights}.get(to)
    if maker is None:
        raise InvalidInput(f"promote to 'kv' or 'weights', not to {to!r}")
    write, fidelity = maker(model, items, knobs)
    return artefacts.add(
        to, model.fingerprint, items, write,
        built=memory.clock().isoformat(), seconds=timer() - start, fidelity=fidelity,
    )  # fmt: skip


def demote(artefacts: Artefacts, ids: Sequence[str], form: Form | None = None, scope: Scope | None = None) -> list[str]:
    """Back to text: every artefact that holds any of the items is erased, bytes included; their names.

    With `scope` only what was made of items that it sees.
    """
    names = [a.name for a in artefacts.of(ids, form, scope)]
    artefacts.erase(names)
    return names


def _to_kv(
    model: Model, items: Sequence[Item], knobs: Mapping[str, Any]
) -> tuple[Callable[[Path], None], dict[str, float]]:
    block = blocks.build(model, [(i.id, i.text, i.version) for i in items], head=knobs.get("head", ""))
    bits = int(knobs.get("bits", 0))
    probe = list(block.ids[-8:])
    whole = read(model, [*block.ids, *probe]).logits[0, -8:]
    kv = block.kv
    if bits:
        kv = quantised(kv, bits)
    cached = read(model, probe, kv).logits[0]
    fidelity = {
        "max_logit_difference": float((whole - cached).abs().max()),
        "same_first_choice": float((whole.argmax(-1) == cached.argmax(-1)).float().mean()),
    }
    return (lambda path: blocks.save(block, path, bits=bits)), fidelity


def open_block(memory: Items, artefacts: Artefacts, name: str, model: Model) -> blocks.Block:
    """A promoted block that is fresh; Conflict where a source moved on."""
    return blocks.load(artefacts.open(name, memory, model.fingerprint), model)


# --- weights ---


def as_fact(model: Model, item: Item) -> Fact:
    """An item as something to write: its subject, and its text up to the value.

    `data` may say `subject` and `value` (as facts of the engine do); without them the text must be
    "subject ... value." with a subject of capitalised words. InvalidInput where the two cannot be told.
    """
    prompt, subject, value = _parts(item)
    return Fact(tuple(example(model, lead + prompt, subject, " " + value, item.id) for lead in PREFIXES))


def _parts(item: Item) -> tuple[str, str, str]:
    """What stands before the value, the subject, the value."""
    text = item.text.strip().rstrip(".!")
    subject, value = str(item.data.get("subject") or ""), str(item.data.get("value") or "")
    if not value or not text.endswith(value):
        value = text.rsplit(" ", 1)[-1]
    prompt = text[: len(text) - len(value)].rstrip()
    if not subject or subject not in prompt:
        named = re.search(r"\b[A-Z][\w-]*(?: [A-Z][\w-]*)*", prompt)
        subject = named.group() if named else ""
    if not prompt or not subject:
        raise InvalidInput(
            f"{item.id}: no subject and value in {item.text!r}: only plain facts can be written to weights"
        )
    return prompt, subject, value


def example(model: Model, prompt: str, subject: str, target: str, source: str) -> Example:
    """What is learnt: after `prompt`, which names `subject`, comes `target`."""
    upto = prompt.rindex(subject) + len(subject)
    place = len(model.encode(prompt[:upto])) - 1
    return Example(tuple(model.encode(prompt)), tuple(model.encode(target)), source, place)


PRONOUNS = frozenset({"i", "we", "you", "he", "she", "it", "they"})


def _to_weights(
    model: Model, items: Sequence[Item], knobs: Mapping[str, Any]
) -> tuple[Callable[[Path], None], dict[str, float]]:
    rest = dict(knobs)
    if rest.pop("asked", False):
        return _to_asked(model, items, rest)
    layer = int(rest.pop("layer", model.shape.layers // 3))
    told: dict[str, list[Item]] = {}
    for item in items:
        told.setdefault(_named(item), []).append(item)
    facts = [Fact(tuple(e for item in own for e in as_fact(model, item).wordings)) for own in told.values()]
    names = [spellings(model, subject) for subject in told]
    slots = NGramSlots(model, layer, longest=max(len(phrase) for own in names for phrase in own))
    every = [example for fact in facts for example in fact.wordings]
    before = share(model, every)
    deltas = [values_of(model, layer, facts[n : n + 10], **rest)[1] for n in range(0, len(facts), 10)]
    slots.put(["+".join(item.id for item in own) for own in told.values()], names, torch.cat(deltas))
    with slots:
        after = share(model, every)
    return (lambda path: save_slots(slots, path)), {"answered": after, "answered_before": before}


def _named(item: Item) -> str:
    """The name of an item's subject."""
    _, subject, _ = _parts(item)
    if subject.lower() in PRONOUNS:
        raise InvalidInput(f"{item.id}: {subject!r} is no name: a slot would speak wherever the word stands")
    return subject


def _to_asked(
    model: Model, items: Sequence[Item], knobs: dict[str, Any]
) -> tuple[Callable[[Path], None], dict[str, float]]:
    """A slot an item; other items about the same subject are asides, too."""
    layer = int(knobs.pop("layer", model.shape.layers * 3 // 4))
    names = [_named(item) for item in items]
    plain = [as_fact(model, item).wordings for item in items]
    facts = []
    for own, name in zip(plain, names, strict=True):
        others = (
            e for other, whose in zip(plain, names, strict=True) if whose == name and other is not own for e in other
        )
        facts.append(Fact(own, (*asides(model, name), *others)))
    every = [example for own in plain for example in own]
    texts = [e.prompt for fact in facts for e in (*fact.wordings, *fact.asides)]
    phrases = [spellings(model, name) for name in names]
    longest = max(len(phrase) for own in phrases for phrase in own)
    slots = AskedSlots(model, layer, second_moments(model, (layer,), texts, GATE)[layer], longest=longest)
    before = share(model, every)
    slots.write(facts, phrases, **knobs)
    with slots:
        after = share(model, every)
    return (lambda path: save_slots(slots, path)), {"answered": after, "answered_before": before}


def save_slots(slots: NGramSlots | AskedSlots, path: Path) -> None:
    """The slots, the phrases that open them and their ledger as safetensors."""
    if isinstance(slots, NGramSlots):
        phrases, tensors = slots.phrases, {"values": torch.stack(list(slots.values.values()))}
    else:
        held = list(slots.slots.values())
        phrases = {source: slot.phrases for source, slot in slots.slots.items()}
        tensors = {
            "values": torch.stack([slot.value for slot in held]),
            "detectors": torch.stack([slot.detector for slot in held]),
            "means": torch.tensor([slot.means for slot in held], dtype=torch.float64),
        }
    told = json.dumps({"layer": slots.layer, "phrases": phrases, "model": slots.model.fingerprint})
    save_file(tensors, str(path), metadata={"remanence": told})


def open_slots(memory: Items, artefacts: Artefacts, name: str, model: Model) -> NGramSlots | AskedSlots:
    """A promoted weight memory that is fresh, to be attached; Conflict where a source moved on."""
    path = artefacts.open(name, memory, model.fingerprint)
    with safe_open(str(path), framework="pt") as file:
        told = json.loads(file.metadata()["remanence"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    phrases = {source: tuple(tuple(phrase) for phrase in own) for source, own in told["phrases"].items()}
    longest = max(len(phrase) for own in phrases.values() for phrase in own)
    if "detectors" not in tensors:
        slots = NGramSlots(model, told["layer"], longest=longest)
        slots.put(list(phrases), list(phrases.values()), tensors["values"])
        return slots
    asked = AskedSlots(model, told["layer"], None, longest=longest)
    rows = zip(phrases.items(), tensors["values"], tensors["detectors"], tensors["means"].tolist(), strict=True)
    for (source, own), value, detector, (low, high) in rows:
        asked.hold(source, Slot(value, detector, (low, high), own))
    return asked


class Watched:
    """A memory with verbs for its substrates: promote and demote; update, forget and erase take artefacts along.

    A space file's own folder (`Artefacts.beside`) is looked through by the memory itself; this does so for any other.
    Everything else goes to the memory as it is.
    """

    def __init__(self, memory: Any, artefacts: Artefacts, model: Model | None = None) -> None:
        self.memory, self.artefacts, self.model = memory, artefacts, model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.memory, name)

    def promote(self, ids: Sequence[str], to: Form = "kv", **knobs: Any) -> Artefact:
        """Make a key-value block or a weight memory from items, for this memory's model; see `promote`."""
        if self.model is None:
            raise InvalidInput("say for which model: Watched(memory, artefacts, model)")
        return promote(self.memory, ids, to, model=self.model, artefacts=self.artefacts, **knobs)

    def demote(self, ids: Sequence[str], form: Form | None = None) -> list[str]:
        """Back to text: what was made from any of the items is erased, bytes included; the names."""
        return demote(self.artefacts, ids, form, self.scope)

    def update(self, *args: Any, **knobs: Any) -> Any:
        """As Memory.update; then what was made from the old text is erased."""
        return self._then_swept("update", args, knobs)

    def forget(self, *args: Any, **knobs: Any) -> Any:
        """As Memory.forget; then what was made from it is erased."""
        return self._then_swept("forget", args, knobs)

    def erase(self, *args: Any, **knobs: Any) -> Any:
        """As Memory.erase; then what was made from it is erased."""
        return self._then_swept("erase", args, knobs)

    def _then_swept(self, verb: str, args: tuple[Any, ...], knobs: dict[str, Any]) -> Any:
        try:
            return getattr(self.memory, verb)(*args, **knobs)
        finally:
            self.artefacts.sweep(self.memory)
