"""Sleeping: the derived work that waits, done batch by batch, each in one transaction with its progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from remanence.errors import IntegrityError, InvalidInput, ModelError, RecipeError
from remanence.memory.commit import Proposal, committed
from remanence.memory.follow import anew
from remanence.memory.handle import Handle
from remanence.memory.jobs import AGAIN, EMBED, numbers_of, rows_of, stage_of, waiting
from remanence.records import dataclass
from remanence.stage import Ctx, WriteStage
from remanence.stage.recipe import AT_SLEEP, EVERY
from remanence.store.door import Along, Job
from remanence.types import EVERYTHING, Change, Counts, Receipt, Rows, StoreView

SLEEP_BATCH = 256
"""Items that a sleeping stage looks at in one transaction."""
ALARM = 0.2
"""Share of a scope that `forget`, `erase` and `sleep` never take away at once unless told to."""
ALARM_FROM = 20
"""Below this many items the alarm keeps quiet."""
FAULTS = (ModelError, RecipeError, InvalidInput)
"""What a stage may raise; its work is tried again."""

Progress = Callable[[int, int | None], None]
"""Called with (done, total or None) as a long verb goes on."""


@dataclass(frozen=True, slots=True)
class Sleep(Counts):
    """What `sleep()` did: counts before and after, what was added, superseded and demoted, what failed."""

    before: int
    after: int
    commits: tuple[int, ...] = ()
    demoted: int = 0
    looked_at: int = 0
    waiting: int = 0
    failed: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    shrink_alarm: bool = False

    def plus(self, receipt: Receipt, demoted: int) -> Sleep:
        """And what one more commit did."""
        return replace(
            self,
            commits=(*self.commits, receipt.commit),
            **{one.name: getattr(self, one.name) + getattr(receipt, one.name) for one in fields(Counts)},
            demoted=self.demoted + demoted,
            degraded=(*self.degraded, *receipt.degraded),
        )


def sleep(handle: Handle, *, on_progress: Progress | None, most: int | None, force: bool) -> Sleep:
    """Do the handle's own work, or as much of it as `most` items allow."""
    view, every = handle.view(), waiting(handle, None)
    before = view.count(EVERYTHING)
    idle = not any(job.stage.startswith(AT_SLEEP) for job in every)
    tended = _tend(handle) if idle else ()
    told = Sleep(before, before, degraded=(*tended, *_mended(handle)))
    jobs = [job for job in every if job.state == "waiting"]
    total = sum(len(rows_of(handle, job, view if job.scope == handle.scope else None)) for job in jobs)
    for job in jobs:
        low: int | None = job.low
        while low is not None and (most is None or told.looked_at < most):
            told, low = work(handle, job, low, told, force=force)
            if on_progress is not None:
                on_progress(min(told.looked_at, total), total)
    view, left = handle.view(), waiting(handle, None)
    return replace(
        told,
        after=view.count(EVERYTHING),
        waiting=sum(len(rows_of(handle, job)) for job in left if job.state == "waiting"),
        failed=tuple(f"{job.stage}: {job.error}" for job in left if job.state == "failed"),
    )


def run_periodic(handle: Handle) -> None:
    """Run the periodic stages whose period is full."""
    for job in waiting(handle):
        stage = stage_of(handle.recipe, job)
        if job.stage.startswith(EVERY) and stage is not None and len(rows_of(handle, job)) >= stage.period:
            low: int | None = job.low
            while low is not None:
                _, low = work(handle, job, low, Sleep(0, 0), force=False)


def _mended(handle: Handle) -> tuple[str, ...]:
    """Vectors for items that have none and for which no work waits; why that could not be done."""
    lacking = handle.store.lacking_vectors(handle.scope)
    if handle.store.stale:
        return ()
    try:
        for low in range(0, len(lacking), SLEEP_BATCH):
            handle.store.fill_vectors(lacking[low : low + SLEEP_BATCH], handle.embedder.embed)
    except (ModelError, IntegrityError) as error:
        return (f"vectors: {error}",)
    return ()


def _tend(handle: Handle) -> tuple[str, ...]:
    """Stages that tend the whole memory (decay, demotion) also run when nothing new came in; why that failed."""
    stage = handle.recipe.at.get("at_sleep")
    if stage is None:
        return ()

    def make(ctx: Ctx) -> Proposal | None:
        change = stage(Change(reason="sleep"), ctx)
        return None if shrinks(change, ctx.store) else Proposal(change, empty_too=False)

    try:
        committed(handle, make)
    except FAULTS as error:
        return (f"{AT_SLEEP}: {error}",)
    return ()


def work(handle: Handle, job: Job, low: int, told: Sleep, *, force: bool) -> tuple[Sleep, int | None]:
    """One batch of one job, in one transaction with the job's progress; the number where the next begins, or None."""
    if job.stage == EMBED:
        return _embed_again(handle, replace(job, low=low), told)
    stage, seen = stage_of(handle.recipe, job), handle.store.commit
    batch = _Batch(handle, replace(job, low=low), stage, force)
    try:
        receipt = committed(handle, batch.make, job.scope)
    except FAULTS as error:
        gone = handle.store.fail(job, f"{type(error).__name__}: {error}", seen=seen)
        note = f"{job.stage}: {error}" + (" (given up)" if gone else " (will be tried again)")
        return replace(told, degraded=(*told.degraded, note), looked_at=told.looked_at + batch.count), None
    told = replace(told, looked_at=told.looked_at + batch.count)
    if batch.alarm:
        handle.store.fail(job, "shrink alarm: the change would hide more than a fifth of the space", most=1)
        return replace(told, shrink_alarm=True), None
    if receipt is None:
        return told, None
    return told.plus(receipt, batch.demoted), batch.following


class _Batch:
    """Some items of a job: what its stage makes of them, and where the next batch begins."""

    def __init__(self, handle: Handle, job: Job, stage: WriteStage | None, force: bool) -> None:
        self.handle, self.job, self.stage, self.force = handle, job, stage, force
        self.count = self.demoted = 0
        self.following: int | None = None
        self.alarm = False

    def make(self, ctx: Ctx) -> Proposal | None:
        """The change for this batch; None when somebody else did the job, or when it would take away too much."""
        now = next((one for one in waiting(self.handle) if one.job == self.job.job), None)
        if now is None or now.low > self.job.low:
            return None
        rows, self.following = batch_of(self.handle, replace(now, low=self.job.low), ctx.store)
        everything = ctx.store.items(rows)
        self.count = len(everything)
        given = [item for item in everything if item.tier != "archived"]  # nothing is formed of what is hidden
        change = Change(given=tuple(given), reason=f"sleep: {self.job.stage}")
        if self.stage is not None and given:
            for part in self.stage.flat() if now.stage.startswith(AGAIN) else (self.stage,):
                before, change = change, part(change, ctx)
                if now.stage.startswith(AGAIN):
                    change = anew(change, before, ctx.store)
        if not self.force and shrinks(change, ctx.store):
            self.alarm = True
            return None
        self.demoted = sum(1 for update in change.updates if update.fields.get("tier") in ("cold", "archived"))
        done, notes = (self.job.job, self.following), {"degraded": tuple(ctx.degraded)}
        return Proposal(change, Along(done=done, notes=notes))


def batch_of(handle: Handle, job: Job, view: StoreView) -> tuple[Rows, int | None]:
    """(rows of the job's next batch, the number at which the one after it begins)."""
    rows = rows_of(handle, job, view)
    numbers = numbers_of(handle, job, rows[: SLEEP_BATCH + 1])
    following = int(numbers[SLEEP_BATCH]) if len(numbers) > SLEEP_BATCH else None
    return rows[:SLEEP_BATCH], following


def _embed_again(handle: Handle, job: Job, told: Sleep) -> tuple[Sleep, int | None]:
    """Vectors that an embedder owed us."""
    ctx = handle.ctx(job.scope)
    rows, following = batch_of(handle, job, ctx.store)
    told = replace(told, looked_at=told.looked_at + len(rows))
    try:
        seen = handle.store.commit
        ctx.embed([item.key for item in ctx.store.items(rows)])  # before anybody has to wait for it
        handle.store.fill_vectors(rows, ctx.embed, done=(job.job, following))
    except ModelError as error:
        handle.store.fail(job, f"{type(error).__name__}: {error}", most=1_000, seen=seen)
        return replace(told, degraded=(*told.degraded, f"vectors: {error}")), None
    return told, following


def shrinks(change: Change, view: StoreView) -> bool:
    """Whether a change would hide more of its scope than a stage may take away unasked."""
    hidden = len(change.retires) + sum(
        1 for u in change.updates if u.fields.get("tier") == "archived" or u.fields.get("until") is not None
    )
    return hidden > ALARM_FROM and hidden > ALARM * view.count(EVERYTHING)


def check_alarm(handle: Handle, count: int, verb: str, force: bool) -> None:
    """`InvalidInput` when a person would take away so much at once without saying so twice."""
    total = handle.total()
    if not force and count > max(ALARM_FROM, ALARM * total):
        raise InvalidInput(
            f"this would {verb} {count:,} of {total:,} items; say force=True (or --force) if that is meant"
        )
