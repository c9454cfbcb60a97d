"""A local model as the engine's language model: chat turns, and JSON whose shape is walked, so that it always fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from remanence.attach.bpe import ByteBPE
from remanence.attach.gguf import load_gguf
from remanence.attach.model import KV, Model, generate
from remanence.errors import BadReply, BudgetExceeded, InvalidInput

MOST_CHARACTERS, MOST_ITEMS, MOST_TOKENS = 120, 8, 256
"""Bounds where a schema names none: of a string, of a list, and of a whole reply without a schema."""
NUMBER_TOKENS = 12

Messages = Sequence[Mapping[str, str]]


class LocalChat:
    """A `Chat` on this machine: greedy, so the same messages give the same reply; no network, no key.

    `json` writes the braces, names and commas of a schema itself and lets the model fill in values: a string until
    it closes it or the bound, a number from digits alone, a choice by likelihood, a list item after item. So every
    reply fits its shape; whether it is true is for the stage that asked to check, as of any model.
    Small models follow instructions badly: see the measured limits in the docs before relying on one.
    """

    def __init__(self, model: Model, *, frame: str = "chatml", name: str = "local") -> None:
        self.inner, self.model, self.frame = model, name, frame

    def __repr__(self) -> str:
        return f"LocalChat({self.model!r})"

    def prompt(self, messages: Messages) -> list[int]:
        """Ids of a talk, framed as the model was taught; what users wrote cannot become control tokens."""
        if not messages:
            raise InvalidInput("give at least one message")
        ids: list[int] = []
        for message in messages:
            ids += [*self._mark(f"<|im_start|>{message['role']}\n"), *self.inner.encode(message["content"])]
            ids += self._mark("<|im_end|>\n")
        return ids + self._mark("<|im_start|>assistant\n")

    def opening(self, frame: str) -> list[int]:
        """Ids that a block of memory stands behind: the system's turn, left open."""
        return [*self._mark("<|im_start|>system\n"), *self.inner.encode(frame)]

    def framed(self, asked: str) -> list[int]:
        """Ids that close a block's turn and ask a question."""
        return [*self._mark("<|im_end|>\n"), *self.prompt([{"role": "user", "content": asked}])]

    def _mark(self, text: str) -> list[int]:
        tokens = getattr(self.inner, "tokens", None)
        return tokens.encode(text, special=True) if isinstance(tokens, ByteBPE) else self.inner.encode(text)

    def complete(
        self, messages: Messages, *, schema: Mapping[str, Any] | None = None, max_tokens: int | None = None
    ) -> str:
        """The reply as text; with `schema`, JSON that fits it."""
        if schema is not None:
            return json.dumps(self.json(messages, schema))
        ids = self._fitting(messages, max_tokens or MOST_TOKENS)
        made = generate(self.inner, ids, most=max_tokens or MOST_TOKENS, stop=self.ends())
        reply = self.inner.decode(made).strip()
        if not reply:
            raise BadReply(f"{self.model} answered with no text")
        return reply

    def json(self, messages: Messages, schema: Mapping[str, Any]) -> dict[str, Any]:
        """An object that fits `schema`."""
        if schema.get("type") != "object":
            raise InvalidInput("a reply is an object: give a schema of type object")
        walker = _Walker(self.inner, self._fitting(messages, MOST_TOKENS))
        made = walker.value(schema)
        assert isinstance(made, dict)
        return made

    def _fitting(self, messages: Messages, room: int) -> list[int]:
        ids = self.prompt(messages)
        if len(ids) + room > self.inner.shape.context:
            raise BudgetExceeded(
                f"{len(ids)} tokens and {room} for the reply pass the {self.inner.shape.context} of {self.model}"
            )
        return ids

    def ends(self) -> list[int]:
        """Tokens that end a reply."""
        tokens = getattr(self.inner, "tokens", None)
        special = tokens.special if isinstance(tokens, ByteBPE) else {}
        return [special[name] for name in ("<|im_end|>", "<|endoftext|>") if name in special]


class _Walker:
    """Writes a value of a schema after a prompt: what the shape fixes is forced, what it leaves open is generated."""

    def __init__(self, model: Model, ids: Sequence[int]) -> None:
        self.model = model
        with torch.no_grad():
            out = model.forward(torch.tensor([list(ids)]), keep=1)
        self.kv: KV = out.kv
        self.next: Tensor = out.logits[0, -1]

    def value(self, schema: Mapping[str, Any]) -> Any:
        """Any value that fits."""
        if "const" in schema:
            self._force(json.dumps(schema["const"]))
            return schema["const"]
        if "enum" in schema:
            return self._choice([json.dumps(option) for option in schema["enum"]])
        if "anyOf" in schema:
            return self.value(schema["anyOf"][0])
        maker = {
            "object": self._object, "array": self._array, "string": self._string, "integer": self._number,
            "number": self._number, "boolean": lambda _: self._choice(["true", "false"]), "null": self._null,
        }.get(str(schema.get("type")))  # fmt: skip
        if maker is None:
            raise InvalidInput(f"a schema of type {schema.get('type')!r} cannot be walked")
        return maker(schema)

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self._force("{")
        for number, (name, inner) in enumerate(schema.get("properties", {}).items()):
            self._force(("" if number == 0 else ", ") + json.dumps(name) + ": ")
            made[name] = self.value(inner)
        self._force("}")
        return made

    def _array(self, schema: Mapping[str, Any]) -> list[Any]:
        least, most = int(schema.get("minItems", 0)), int(schema.get("maxItems", MOST_ITEMS))
        made: list[Any] = []
        self._force("[")
        while len(made) < most:
            if len(made) >= least and not self._goes_on(first=not made):
                break
            if made:
                self._force(", ")
            made.append(self.value(schema.get("items", {"type": "string"})))
        self._force("]")
        return made

    def _goes_on(self, *, first: bool) -> bool:
        stop, more = self.model.encode("]")[0], self.model.encode('"' if first else ",")[0]
        return bool(self.next[more] > self.next[stop])

    def _string(self, schema: Mapping[str, Any]) -> str:
        most = int(schema.get("maxLength", MOST_CHARACTERS))
        self._force('"')
        text = ""
        while len(text) < most:
            word = int(self.next.argmax())
            piece = self.model.decode([word])
            if not piece or '"' in piece or "\n" in piece:
                text += piece.split('"')[0].split("\n")[0]
                break
            text += piece
            self._take([word])
        text = text[:most].strip().ljust(int(schema.get("minLength", 0)), "?")
        self._force('"')
        return text

    def _number(self, schema: Mapping[str, Any]) -> float | int:
        whole = schema.get("type") == "integer"
        allowed = {
            token: sign for sign in "0123456789-" + ("" if whole else ".") for token in [self.model.encode(sign)[0]]
        }
        ends = {self.model.encode(sign)[0] for sign in ",}]"}
        text = ""
        while len(text) < NUMBER_TOKENS:
            order = self.next.argsort(descending=True)[:200].tolist()
            word = next(
                (
                    t
                    for t in order
                    if (t in ends and text not in ("", "-")) or (t in allowed and _may(text, allowed[t]))
                ),
                None,
            )
            if word is None or word in ends:
                break
            text += allowed[word]
            self._take([word])
        made: float | int = int(text or 0) if whole else float(text if text not in ("", "-") else 0)
        low, high = schema.get("minimum"), schema.get("maximum")
        made = made if low is None else max(made, low)
        return made if high is None else min(made, high)

    def _null(self, _: Mapping[str, Any]) -> None:
        self._force("null")

    def _choice(self, options: Sequence[str]) -> Any:
        """The option of the greatest mean log-likelihood."""
        told = []
        for option in options:
            ids = self.model.encode(option)
            with torch.no_grad():
                logits = self.model.forward(torch.tensor([ids]), self.kv).logits[0]
            rows = torch.cat([self.next[None], logits[:-1]]).log_softmax(-1)
            told.append(float(rows[torch.arange(len(ids)), torch.tensor(ids)].mean()))
        best = options[max(range(len(options)), key=lambda n: told[n])]
        self._force(best)
        return json.loads(best)

    def _force(self, text: str) -> None:
        self._take(self.model.encode(text))

    def _take(self, ids: Sequence[int]) -> None:
        with torch.no_grad():
            out = self.model.forward(torch.tensor([list(ids)]), self.kv, keep=1)
        self.kv, self.next = out.kv, out.logits[0, -1]


def _may(text: str, sign: str) -> bool:
    """Whether a sign may follow in a number."""
    if sign == "-":
        return text == ""
    if sign == ".":
        return text not in ("", "-") and "." not in text
    return text not in ("0", "-0")


def open_local(place: str | Path) -> LocalChat:
    """A `LocalChat` of a GGUF file, or of a folder of transformers."""
    path = Path(place)
    if path.is_dir():  # loaded by name, as transformers takes seconds to import
        model: Model = import_module("remanence.attach.hf").HuggingFace.load(path)
    else:
        model = load_gguf(path)
    return LocalChat(model, name=f"local:{path.name}")
