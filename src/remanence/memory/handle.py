"""What the verbs of one memory work on: a recipe bound to a space and a scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from remanence.language.secrets import hidden_each
from remanence.memory.secrets import MaskedChat
from remanence.records import dataclass
from remanence.stage import Ctx, Recipe
from remanence.store.store import Store
from remanence.store.view import View
from remanence.types import EVERYTHING, Chat, Clock, Embedder, Item, Reader, Scope

LATELY = 256
"""So many recalled items are remembered as such."""
LONGEST = 20_000
"""So many characters of each."""
USERS = 16
"""Of so many users."""
Shown = dict[str, tuple[str, float]]
"""id -> (text, trust) of what may come back."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A recipe, a space, whose memory it is, the models, and the only sources of time and chance.

    trust_floor: nothing that is trusted less, in [0, 1], is read by any verb. secrets: what becomes of credentials.
    """

    store: Store
    scope: Scope
    recipe: Recipe
    embedder: Embedder
    llm: Chat | None
    clock: Clock
    seed: int
    trust_floor: float = 0.0
    reader: Reader | None = None
    secrets: str = "mask"
    shown: dict[str | None, Shown] = field(default_factory=dict, compare=False)
    """What each user was shown lately; one's own has no part in what becomes of another's words."""

    def show(self, items: Iterable[Item]) -> None:
        """These items were handed out."""
        recalled = self.shown[self.scope.user] = self.recalled
        for item in items:
            if item.trust < 1:
                recalled.pop(item.id, None)
                recalled[item.id] = item.text[:LONGEST], item.trust
        while len(recalled) > LATELY:
            del recalled[next(iter(recalled))]
        while len(self.shown) > USERS:
            del self.shown[next(iter(self.shown))]

    @property
    def recalled(self) -> Shown:
        """What this user was shown lately and is not a person's own word, whatever the rest of the scope."""
        return self.shown.get(self.scope.user, {})

    def view(self, scope: Scope | None = None) -> View:
        """The read side, caught up with every commit so far."""
        return self.store.view(scope or self.scope)

    def told(self) -> View:
        """The read side as it is shown to models and made into answers: credentials are hidden, unless kept."""
        if self.secrets == "keep":
            return self.view()
        self.store.refresh()
        return View(self.store, self.scope, hidden_each)

    def ctx(self, scope: Scope | None = None, *, llm: Chat | None = None, hidden: bool = False) -> Ctx:
        """What a stage gets; `llm` stands in for the handle's own model. hidden: items are shown as `told` does."""
        view = self.told() if hidden else self.view(scope)
        chat = llm or self.llm
        return Ctx(
            store=view,
            embedder=self.embedder,
            clock=self.clock,
            seed=(self.seed, self.store.commit),
            new_ids=self.store.new_ids,
            llm=chat if chat is None or self.secrets == "keep" else MaskedChat(chat),
            reader=self.reader,
        )

    def total(self, scope: Scope | None = None) -> int:
        """How many items a scope holds."""
        return self.view(scope).count(EVERYTHING)
