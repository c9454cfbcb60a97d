"""Who asks: the key's grant, narrowed by the request, and the memory that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from remanence.memory import Memory
from remanence.serve.http.operations import Operations
from remanence.serve.keys import Grant
from remanence.serve.spaces import Spaces
from remanence.types import Scope

Part = Annotated[str | None, Query(min_length=1, max_length=256)]


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's rights."""

    grant: Grant
    scope: Scope
    spaces: Spaces
    operations: Operations

    @property
    def space(self) -> str:
        """The space that the key opens."""
        return self.grant.space

    @property
    def owner(self) -> tuple[str, Scope]:
        """Whose operations these are."""
        return self.space, self.scope

    @contextmanager
    def memory(self) -> Iterator[Memory]:
        """The memory of this caller, for as long as the block runs."""
        with self.spaces.use(self.space, self.scope) as memory:
            yield memory


async def caller(
    request: Request, user: Part = None, agent: Part = None, session: Part = None, app: Part = None
) -> Caller:
    """The caller of a request; a part of the scope that the key fixes can be repeated, never changed."""
    grant: Grant = request.state.grant
    held: Any = request.app.state
    scope = grant.narrowed({"user": user, "agent": agent, "session": session, "app": app})
    return Caller(grant, scope, held.spaces, held.operations)


Who = Annotated[Caller, Depends(caller)]
