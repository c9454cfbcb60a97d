"""What requests and answers look like, for validation and for the OpenAPI page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

Text = str
Time = str
FIELDS = 64
"""Most fields of a request: each that is not known is an error of its own."""
Words = Annotated[list[str], Field(max_length=1_000), FailFast()]


class Body(BaseModel):
    """A request: a field that is not known is an error, so that a slip of the pen is not lost."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _few(cls, given: Any) -> Any:
        if isinstance(given, dict) and len(given) > FIELDS:
            raise ValueError(f"a request has at most {FIELDS} fields")
        return given


class Filters(Body):
    """Which items may be seen, on top of the key's scope. Times are ISO 8601 or dates as people write them."""

    kinds: Words = []
    who: Words = []
    session: str | None = None
    since: Time | None = None
    before: Time | None = None
    as_of: Annotated[Time | None, Field(description="what was true then, as far as we know now")] = None
    known_as_of: Annotated[Time | None, Field(description="what we believed then")] = None
    tiers: Words = ["hot"]
    ended: Annotated[bool, Field(description="also what is no longer true")] = False

    def given(self) -> dict[str, Any]:
        """The filters that were set."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


class Listing(BaseModel):
    """Which items a list has, and which page of it."""

    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=100)
    kind: list[str] = []
    speaker: list[str] = []
    tier: list[str] = ["hot"]
    since: Annotated[Time | None, Field(max_length=100)] = None
    before: Annotated[Time | None, Field(max_length=100)] = None
    ended: Annotated[bool, Field(description="also what is no longer true")] = False
    newest_first: bool = False

    def where(self) -> dict[str, Any]:
        """Its filters."""
        bounds = {"since": self.since, "before": self.before}
        return {"kinds": self.kind, "who": self.speaker, "tiers": self.tier, "ended": self.ended, **bounds}


class Remember(Body):
    """Messages to keep, in order: a text, or an object with who or role, text or content, at, session, source."""

    messages: Annotated[list[Text | dict[str, Any]], FailFast()] = Field(min_length=1, max_length=1000)
    trust: Literal["assistant", "tool", "external"] | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"messages": [{"who": "Ada", "text": "I moved to Rome last week.", "at": "2025-03-04"}]}]
        },
    )


Sure = Annotated[
    bool, Field(description="also work out how likely memory holds an answer at all; it takes longer than the rest")
]

Asker = Annotated[str | None, Field(min_length=1, max_length=256, description="the speaker whom I and my mean")]


class Recall(Body):
    """A question for evidence."""

    cue: str = Field(min_length=1, max_length=8192)
    k: int = Field(10, ge=1, le=1000)
    where: Filters = Filters()
    now: Time | None = None
    asker: Asker = None
    confidence: Sure = False


class Pack(Body):
    """A question for text that fits a model's window."""

    cue: str = Field(min_length=1, max_length=8192)
    budget_tokens: int = Field(1000, ge=16, le=1_000_000)
    where: Filters = Filters()
    now: Time | None = None
    asker: Asker = None
    confidence: Sure = False


class Ask(Body):
    """A question for an answer."""

    question: str = Field(min_length=1, max_length=8192)
    budget_tokens: int = Field(1000, ge=16, le=1_000_000)
    threshold: float | None = Field(None, ge=0, le=1)
    where: Filters = Filters()
    now: Time | None = None
    asker: Asker = None


class Patch(Body):
    """New values of one item; what is left out stays. A key of `data` that is null is removed."""

    text: str | None = Field(None, min_length=1)
    who: str | None = None
    at: Time | None = None
    until: Time | None = None
    data: dict[str, Any] | None = None


class Chosen(Body):
    """Some items by their ids. `force` allows more than a fifth of the space."""

    ids: Annotated[list[str], FailFast()] = Field(min_length=1, max_length=10_000)
    force: bool = False


class Answered(BaseModel):
    """An answer; it may have more fields than are named here."""

    model_config = ConfigDict(extra="allow")


class Named(Answered):
    """What has an id, and a word for what it is."""

    id: str
    kind: str


class ItemOut(Named):
    """One item."""

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
    """Hits, best first; `confidence` is null where it was not asked for."""

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
    """Packed text and its citations; `confidence` is null where it was not asked for."""

    text: str
    tokens: int
    sources: list[str]
    confidence: float | None


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


class OperationOut(Named):
    """Long work: poll it, or follow its events."""

    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class OperationsOut(Answered):
    """The operations of this key, newest first."""

    operations: list[OperationOut]


class ProfileOut(Answered):
    """Attribute -> statements, each with its interval, how sure it is and where it was said."""

    who: str
    as_of: Time
    current: dict[str, list[dict[str, Any]]]
    planned: dict[str, list[dict[str, Any]]]
    history: dict[str, list[dict[str, Any]]]
    roles: dict[str, list[dict[str, Any]]]


class NamesOut(Answered):
    """Whom and what a profile can be asked of."""

    names: list[str]


class BarOut(Answered):
    """How many items have their time in [since, before), in all and by kind."""

    since: Time
    before: Time
    count: int
    kinds: dict[str, int]


class TimelineOut(Answered):
    """Bars in order, without the empty ones; `unit` is hour, day, week, month or year."""

    unit: str
    bars: list[BarOut]
    undated: int


class LinkOut(Answered):
    """A link; `rests_on` leads from what was derived to what it was derived from."""

    src: str
    rel: str
    dst: str
    weight: float
    reason: str = ""


class GraphOut(Answered):
    """Items, the links among them, and how many neighbours did not fit."""

    items: list[ItemOut]
    links: list[LinkOut]
    more: int


class ContradictionOut(Answered):
    """Two items that do not agree."""

    new: ItemOut
    old: ItemOut
    reason: str
    noticed: Time | None


class ContradictionsOut(Answered):
    """What nobody has settled, newest first."""

    contradictions: list[ContradictionOut]


class Settle(Body):
    """Two items that do not agree, by their ids: keep the old, replace it by the new, or let both stand."""

    new: str
    old: str
    choice: Literal["keep", "replace", "both"]


class DerivationOut(Answered):
    """What one moment's work formed and changed; `total` also counts what is not shown."""

    at: Time
    formed: list[ItemOut]
    changed: list[ItemOut]
    total: int


class DerivationsOut(Answered):
    """What was derived, newest first."""

    derivations: list[DerivationOut]


class Problem(BaseModel):
    """An error, as RFC 9457 has it; `detail` names the cure."""

    type: str
    title: str
    status: int
    detail: str
