"""A language model behind an OpenAI-compatible endpoint: replies as text or checked JSON, within a budget."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from remanence.errors import BadReply, BudgetExceeded, InvalidInput
from remanence.models.http import Door, Refused, Waits
from remanence.models.reply import ask_json
from remanence.types import Chat, Messages, Schema

__all__ = ["Chat", "OpenAIChat"]

_CHARACTERS_PER_TOKEN = 4  # a usual guess for English, used only where the server does not count


class OpenAIChat:
    """POST {base_url}/chat/completions, as OpenAI, vLLM, llama.cpp, Ollama and LM Studio speak it.

    patience: `timeout` in seconds for one try, `retries` after it, and the rest of `Patience`. `budget_tokens`
    bounds tokens in and out over the life of this object: a call that would pass it raises BudgetExceeded before
    anything is sent. `calls`, `tokens_in` and `tokens_out` say what was used. `temperature` and `extra` go into the
    request as they are. Other errors: ModelError (no answer, refused), BadReply (an answer that cannot be
    used), InvalidInput.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        budget_tokens: int | None = None,
        temperature: float | None = None,
        json_tries: int = 3,
        extra: Mapping[str, Any] | None = None,
        **patience: Unpack[Waits],
    ) -> None:
        if json_tries < 1:
            raise InvalidInput("json_tries must be at least 1")
        self.model = model
        self.budget_tokens = budget_tokens
        self.calls = 0
        self.tokens_in = 0
        self.tokens_out = 0
        self._door = Door(base_url, api_key, **patience)
        self._fixed = dict(extra or {}) | ({} if temperature is None else {"temperature": temperature})
        self._json_tries = json_tries
        self._formats: Sequence[Callable[[Mapping[str, Any]], Any]] = (_as_schema, _as_object, _as_text)
        self._limit_name = "max_tokens"
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OpenAIChat({self._door.url!r}, {self.model!r})"

    def complete(self, messages: Messages, *, schema: Schema | None = None, max_tokens: int | None = None) -> str:
        """The reply as text. `schema` asks the server for JSON of that shape; nothing is checked here."""
        sent = [_message(message) for message in messages]
        if not sent:
            raise InvalidInput("give at least one message")
        guess = sum(len(message["content"]) for message in sent) // _CHARACTERS_PER_TOKEN
        self._afford(guess + (max_tokens or 0))
        answer = self._post({"model": self.model, "messages": sent, **self._fixed}, schema, max_tokens)
        reply = _reply(answer)
        self._count(answer.get("usage"), guess, len(reply) // _CHARACTERS_PER_TOKEN)
        if reply == "":
            raise BadReply(f"{self.model} answered with no text")
        return reply

    def json(self, messages: Messages, schema: Schema) -> dict[str, Any]:
        """The reply as an object that fits `schema`; one that does not is sent back, at last BadReply."""
        rule = "Answer with one JSON object that fits this schema, and nothing else:\n" + json.dumps(schema)
        ruled = [{"role": "system", "content": rule}, *messages]
        return ask_json(lambda talk: self.complete(talk, schema=schema), ruled, schema, tries=self._json_tries)

    def _post(
        self, payload: dict[str, Any], schema: Mapping[str, Any] | None, max_tokens: int | None
    ) -> dict[str, Any]:
        """Post, stepping down to what an older server understands when it refuses a field."""
        while True:
            limit = {} if max_tokens is None else {self._limit_name: max_tokens}
            shape = {} if schema is None else self._formats[0](schema)
            try:
                return self._door.post("/chat/completions", payload | limit | shape)
            except Refused as refused:
                if refused.status not in (400, 422):
                    raise
                if limit and self._limit_name == "max_tokens" and "max_completion_tokens" in refused.body:
                    self._limit_name = "max_completion_tokens"
                elif shape and ("response_format" in refused.body or "json_schema" in refused.body):
                    self._formats = self._formats[1:]
                else:
                    raise

    def _afford(self, tokens: int) -> None:
        used = self.tokens_in + self.tokens_out
        if self.budget_tokens is not None and used + tokens > self.budget_tokens:
            raise BudgetExceeded(
                f"this call needs about {tokens} tokens, but {used} of the budget of {self.budget_tokens} "
                "are used: raise budget_tokens or ask less"
            )

    def _count(self, usage: Any, guess_in: int, guess_out: int) -> None:
        counted = usage if isinstance(usage, Mapping) else {}
        with self._lock:
            self.calls += 1
            self.tokens_in += _whole(counted.get("prompt_tokens"), guess_in)
            self.tokens_out += _whole(counted.get("completion_tokens"), guess_out)


def _message(message: Mapping[str, str]) -> dict[str, str]:
    role, content = message.get("role"), message.get("content")
    if role not in ("system", "developer", "user", "assistant") or not isinstance(content, str):
        raise InvalidInput('a message is {"role": "system" | "user" | "assistant", "content": text}')
    return {"role": role, "content": content.encode("utf-8", "replace").decode("utf-8")}


def _reply(answer: Mapping[str, Any]) -> str:
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise BadReply("the server's answer holds no choices[0].message.content") from None
    if content is not None and not isinstance(content, str):
        raise BadReply("the server's answer holds a message that is not text")
    return content or ""


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


def _as_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}}


def _as_object(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_object"}}


def _as_text(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {}
