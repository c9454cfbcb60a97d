"""What requests and answers look like, for validation and for the OpenAPI page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = str
Time = str


class Body(BaseModel):
    """A request: a field that is not known is an error, so that a slip of the pen is not lost."""

    model_config = ConfigDict(extra="forbid")


class Filters(Body):
    """Which items may be seen, on top of the key's scope. Times are ISO 8601 or dates as people write them."""

    kinds: list[str] = []
    who: list[str] = []
    session: str | None = None
    since: Time | None = None
    before: Time | None = None
    as_of: Annotated[Time | None, Field(description="what was true then, as far as we know now")] = None
    known_as_of: Annotated[Time | None, Field(description="what we believed then")] = None
    tiers: list[str] = ["hot"]
    ended: Annotated[bool, Field(description="also what is no longer true")] = False

    def given(self) -> dict[str, Any]:
        """The filters that were set."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


class Remember(Body):
    """Messages to keep, in order: a text, or an object with who or role, text or content, at, session, source."""

    messages: list[Text | dict[str, Any]] = Field(min_length=1, max_length=1000)
    trust: Literal["assistant", "tool", "external"] | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"messages": [{"who": "Ada", "text": "I moved to Rome last week.", "at": "2025-03-04"}]}]
        },
    )


class Recall(Body):
    """A question for evidence."""

    cue: str = Field(min_length=1, max_length=8192)
    k: int = Field(10, ge=1, le=1000)
    where: Filters = Filters()
    now: Time | None = None


class Pack(Body):
    """A question for text that fits a model's window."""

    cue: str = Field(min_length=1, max_length=8192)
    budget_tokens: int = Field(1000, ge=16, le=1_000_000)
    where: Filters = Filters()
    now: Time | None = None


class Ask(Body):
    """A question for an answer."""

    question: str = Field(min_length=1, max_length=8192)
    budget_tokens: int = Field(1000, ge=16, le=1_000_000)
    threshold: float | None = Field(None, ge=0, le=1)
    where: Filters = Filters()
    now: Time | None = None


class Patch(Body):
    """New values of one item; what is left out stays. A key of `data` that is null is removed."""

    text: str | None = Field(None, min_length=1)
    who: str | None = None
    at: Time | None = None
    until: Time | None = None
    data: dict[str, Any] | None = None


class Chosen(Body):
    """Some items by their ids. `force` allows more than a fifth of the space."""

    ids: list[str] = Field(min_length=1, max_length=10_000)
    force: bool = False


class Answered(BaseModel):
    """An answer; it may have more fields than are named here."""

    model_config = ConfigDict(extra="allow")


class ItemOut(Answered):
    """One item."""

    id: str
    kind: str
    text: str
    source: str | None = None
    who: str | None = None
    at: Time | None = None
    session: str | None = None


class HitOut(ItemOut):
    """One hit: an item, its rank score in [0, 1] and why."""

    score: float
    why: dict[str, Any] = {}


class HitsOut(Answered):
    """Hits, best first."""

    hits: list[HitOut]
    confidence: float | None


class PageOut(Answered):
    """Some items, and the cursor of the next page."""

    items: list[ItemOut]
    next: str | None


class VersionsOut(Answered):
    """All versions of one item, oldest first."""

    versions: list[ItemOut]


class ContextOut(Answered):
    """Packed text and its citations."""

    text: str
    tokens: int
    sources: list[str]
    confidence: float


class AnswerOut(Answered):
    """An answer, or "not in memory"."""

    answer: str
    in_memory: bool
    confidence: float
    text: str
    sources: list[str]


class ReceiptOut(Answered):
    """What a verb did."""

    commit: int
    ids: list[str]


class OperationOut(Answered):
    """Long work: poll it, or follow its events."""

    id: str
    kind: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class OperationsOut(Answered):
    """The operations of this key, newest first."""

    operations: list[OperationOut]


class Problem(BaseModel):
    """An error, as RFC 9457 has it; `detail` names the cure."""

    type: str
    title: str
    status: int
    detail: str
