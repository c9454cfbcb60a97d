"""Whose memory, inside a space."""

from __future__ import annotations

from functools import lru_cache

from remanence.errors import ScopeError
from remanence.records import dataclass

_WILD = {"*", "%", "?", "all", "any"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose memory, inside a space. A part that is None does not narrow; `user` is always named.

    A handle sees the items that agree with every part that it names. Parts are compared as they are:
    there are no wild cards, and an empty or wild part raises `ScopeError`.
    """

    user: str = "default"
    agent: str | None = None
    session: str | None = None
    app: str | None = None

    def __post_init__(self) -> None:
        for name in ("user", "agent", "session", "app"):
            part = getattr(self, name)
            if part is None and name != "user":
                continue
            if not isinstance(part, str) or not part.strip():
                raise ScopeError(f"scope {name} is empty; name one, or leave it out for the default")
            if part.strip().lower() in _WILD:
                raise ScopeError(f"scope {name}={part!r} looks like a wild card; a scope names exactly one {name}")
            if len(part) > 256 or "\x00" in part or not _storable(part):
                raise ScopeError(f"scope {name} must be 1 to 256 characters without NUL and lone surrogates")

    def sees(self, other: Scope) -> bool:
        """True when an item of scope `other` is visible from this scope."""
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.user, other.user),
                (self.agent, other.agent),
                (self.session, other.session),
                (self.app, other.app),
            )
        )


@lru_cache(4096)
def shared(scope: Scope) -> Scope:
    """The scope of what several sessions share: facts of one chat end those of another."""
    return Scope(scope.user, scope.agent, None, scope.app)


def _storable(part: str) -> bool:
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True
