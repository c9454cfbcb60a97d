"""/v1/sleep, /v1/import, /v1/export, /v1/operations: long work, polled, followed or cancelled."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from remanence.blake import blake2b
from remanence.errors import IngestError
from remanence.ingest.message import Message
from remanence.ingest.read import read, validate
from remanence.records import dataclass
from remanence.serve import shapes
from remanence.serve.http import bodies
from remanence.serve.http.caller import Caller, Who
from remanence.serve.http.operations import ENDED, Operation, Progress
from remanence.serve.http.places import Refused
from remanence.store import upkeep

router = APIRouter(prefix="/v1", tags=["work"])
BLOCK = 64 * 2**10
"""Bytes of an export that are sent at once."""
LOOK_S, QUIET_S = 0.1, 15.0
"""Seconds between two looks at an operation that is followed; silence after which a sign of life is sent."""


@router.post("/sleep", status_code=202, response_model=bodies.OperationOut, operation_id="sleep")
def sleep(who: Who, response: Response) -> Any:
    """Do the derived work that waits: episodes, facts, links."""

    def work(progress: Progress) -> Mapping[str, Any]:
        with who.memory() as memory:
            told: Mapping[str, Any] = shapes.plain(memory.sleep(on_progress=progress))
            return told

    return _started(who.operations.start("sleep", who.owner, work), response)


@router.post(
    "/import",
    status_code=202,
    response_model=bodies.OperationOut,
    operation_id="import",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_(
    request: Request,
    who: Who,
    response: Response,
    name: Annotated[
        str, Query(max_length=200, description="the file's name, which helps to tell its format")
    ] = "upload",
    format: Annotated[str | None, Query(max_length=40)] = None,
    skip_bad: bool = False,
) -> Any:
    """Keep a history that is sent as a file: a chat export, messages, a document."""
    folder = tempfile.TemporaryDirectory(prefix="remanence-")
    path, digest = Path(folder.name) / "upload", blake2b(digest_size=4)

    def work(progress: Progress) -> Mapping[str, Any]:
        named = path.with_name(digest.hexdigest()) / _file_name(name)
        named.parent.mkdir()
        path.rename(named)
        try:
            return _kept(who, named, Asked(format, skip_bad, f"{folder.name}/"), progress)
        except IngestError as error:
            raise IngestError(_told(error, f"{named.parent}/")) from None

    with ExitStack() as held:
        held.callback(folder.cleanup)
        with path.open("wb") as out:
            try:
                async for part in request.stream():
                    digest.update(part)
                    await run_in_threadpool(out.write, part)
            except ClientDisconnect:
                raise Refused(400, "broken off", "the file ended before its time; send it again") from None
        started = who.operations.start("import", who.owner, work, after=folder.cleanup)
        held.pop_all()
    return _started(started, response)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is read, and the folder where it lies meanwhile, which no memory shall name."""

    format: str | None
    skip_bad: bool
    folder: str

    def named(self, one: Message) -> Message:
        """A message whose source and session are the file's digest and name: sent again, it is known."""
        source, session = (told and told.removeprefix(self.folder) for told in (one.source, one.session))
        return replace(one, source=source, session=session)


def _told(error: IngestError, folder: str) -> str:
    """What is wrong with a file, without where it lay meanwhile, and with the cure's names of this door."""
    said = str(error).replace(folder, "")
    return said.replace("--format", "format=").replace("--skip-bad (skip_bad=True)", "skip_bad=true")


def _kept(who: Caller, path: Path, asked: Asked, progress: Progress) -> Mapping[str, Any]:
    """Read a file into the caller's memory; the whole file is checked first."""
    skipped: list[str] = []
    counted = validate(
        path,
        format=asked.format,
        skip_bad=asked.skip_bad,
        on_skip=lambda one: skipped.append(f"line {one.line}: {one.reason}"),
    )
    with who.memory() as memory:
        receipt = memory.remember(
            map(asked.named, read(path, format=counted.format, skip_bad=asked.skip_bad)),
            trust="import",
            on_progress=lambda done, _: progress(done, counted.total),
        )
    return {
        "format": counted.format,
        "messages": counted.total,
        "kept": receipt.put,
        "known": receipt.duplicates,
        "updated": receipt.updated,
        "skipped": skipped[:100],
        "commit": receipt.commit,
    }


@router.get(
    "/export",
    operation_id="export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
)
async def export(request: Request, who: Who) -> Any:
    """All versions of the caller's items, as JSON lines."""
    with ExitStack() as held:
        held.enter_context(request.app.state.exports.take(who.space))
        out = held.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
        await run_in_threadpool(_written, who, out)
        return _Sent(out, held.pop_all())


def _written(who: Caller, out: IO[str]) -> None:
    with who.memory() as memory:
        upkeep.export(memory.store, out, scope=memory.scope)
    out.seek(0)


class _Sent(StreamingResponse):
    """A file as an answer. `held` is let go of when all of it is sent, or nobody takes it any more."""

    def __init__(self, out: IO[str], held: ExitStack) -> None:
        super().__init__(iter(lambda: out.read(BLOCK), ""), media_type="application/x-ndjson")
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await super().__call__(scope, receive, send)


@router.get("/operations", response_model=bodies.OperationsOut, operation_id="operations")
def operations(who: Who) -> Any:
    """The caller's operations, newest first."""
    return {"operations": [one.shown() for one in who.operations.of(who.owner)]}


@router.get("/operations/{id}", response_model=bodies.OperationOut, operation_id="operation")
def operation(id: str, who: Who) -> Any:
    """How far an operation is."""
    return who.operations.get(id, who.owner).shown()


@router.delete("/operations/{id}", response_model=bodies.OperationOut, operation_id="cancel")
def cancel(id: str, who: Who) -> Any:
    """Ask an operation to end; what it has committed stays."""
    return who.operations.stop(id, who.owner).shown()


@router.get(
    "/operations/{id}/events",
    operation_id="events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
def events(id: str, who: Who) -> Any:
    """Progress as server-sent events, until the operation has ended."""
    followed = who.operations.get(id, who.owner)
    return StreamingResponse(_events(followed), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(followed: Operation) -> AsyncIterator[str]:
    """Looks ten times a second and holds no thread, however many follow and however slowly they read."""
    seen, told_at = ("", -1), 0.0
    while seen[0] not in ENDED:
        now = followed.step
        if now != seen:
            seen, told_at = now, time.monotonic()
            yield f"event: {now[0]}\ndata: {json.dumps(followed.shown(), ensure_ascii=False)}\n\n"
            continue
        if time.monotonic() - told_at > QUIET_S:
            told_at = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_S)


def _started(operation: Operation, response: Response) -> dict[str, Any]:
    response.headers["Location"] = f"/v1/operations/{operation.id}"
    return operation.shown()


def _file_name(name: str) -> str:
    """The last part of a name that a client gave, without what a path could do with it."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c if c.isalnum() or c in "._- " else "_" for c in last).strip(". ")
    return plain[-100:] or "upload"
