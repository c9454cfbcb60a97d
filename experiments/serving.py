"""What the doors cost: HTTP and MCP over the library, cold starts, a loop that is never blocked, and many clients.

python experiments/serving.py overhead                     # milliseconds a call over the library, and cold starts
python experiments/serving.py loop                         # how long the event loop waits while AsyncMemory works
python experiments/serving.py load --seconds 120           # 20 clients, then kill -9 and a look at what is there
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from remanence.memory import AsyncMemory, Memory

WORDS = "rome oslo bees museum flat sister garden boiler train violin recipe letter harbour winter exam".split()


def messages(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Short turns of two speakers, the same for the same seed."""
    draw = random.Random(seed)
    return [
        {"who": draw.choice(("Ada", "Bob")), "text": f"The {' '.join(draw.sample(WORDS, 6))} was number {n}."}
        for n in range(count)
    ]


class Server:
    """`remanence serve` in a process of its own; `seconds` from its start to its first answer."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "remanence", "serve", "--folder", str(folder), "--port", str(self.port)]
        began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                Client(self.port).call("GET", "/healthz")
                break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.005)
        self.seconds = time.perf_counter() - began

    def stop(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(60)

    def holds(self) -> tuple[float, int, int]:
        """Resident megabytes, descriptors and threads."""
        proc = Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line)
        return int(status["VmRSS"].split()[0]) / 1024, len(list((proc / "fd").iterdir())), int(status["Threads"])


def processor_s(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        raw = None if body is None else json.dumps(body)
        self._connection.request(method, path, raw, {"Content-Type": "application/json"} if raw else {})
        answer = self._connection.getresponse()
        told = answer.read()
        return answer.status, json.loads(told) if told else None


def timed(call: Callable[[], Any]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def overhead(options: argparse.Namespace) -> None:
    """The same recall in the library, over HTTP and over MCP, in turn, so that all see the same machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Memory(folder / "default.db") as memory:
            memory.remember(messages(options.items))
        starts = []
        for _ in range(options.starts):
            server = Server(folder)
            starts.append((server.seconds, processor_s(server.process.pid)))
            server.stop()
        mcp_began = time.perf_counter()
        mcp = subprocess.Popen(
            [sys.executable, "-m", "remanence", "mcp", "--space", str(folder / "default.db")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def ask(method: str, **params: Any) -> Any:
            assert mcp.stdin is not None
            assert mcp.stdout is not None
            mcp.stdin.write(
                json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"
            )
            mcp.stdin.flush()
            return json.loads(mcp.stdout.readline())

        ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "x", "version": "1"})
        first = time.perf_counter() - mcp_began
        server = Server(folder)
        client = Client(server.port)
        with Memory(folder / "default.db") as memory:
            told: dict[str, list[float]] = {"library": [], "http": [], "mcp": []}
            used = {"library": 0.0, "http": -processor_s(server.process.pid), "mcp": -processor_s(mcp.pid)}
            for n in range(options.calls + 20):
                cue = f"the {WORDS[n % 15]} and the {WORDS[(n * 7) % 15]}"
                used["library"] -= time.process_time()
                row = {"library": timed(lambda cue=cue: memory.recall(cue, 10))}  # type: ignore[misc]
                used["library"] += time.process_time()
                row |= {
                    "http": timed(lambda cue=cue: client.call("POST", "/v1/recall", {"cue": cue, "k": 10})),  # type: ignore[misc]
                    "mcp": timed(
                        lambda cue=cue: ask("tools/call", name="memory_search", arguments={"query": cue, "k": 10})  # type: ignore[misc]
                    ),
                }
                if n >= 20:
                    for door, value in row.items():
                        told[door].append(value)
            listing = [
                timed(lambda: client.call("GET", "/v1/memories?limit=1")) - timed(lambda: memory.list(limit=1))
                for _ in range(options.calls)
            ]
        used["http"] += processor_s(server.process.pid)
        used["mcp"] += processor_s(mcp.pid)
        mcp.stdin.close()  # type: ignore[union-attr]
        mcp.wait(60)
        server.stop()
    p50 = {door: statistics.median(values) for door, values in told.items()}
    print(
        f"{options.items:,} items, {options.calls} calls each, p50 in ms: "
        + ", ".join(f"{d} {v:.2f}" for d, v in p50.items())
    )
    for door in ("http", "mcp"):
        paired = statistics.median(a - b for a, b in zip(told[door], told["library"], strict=True))
        print(f"{door} over the library, p50 of the differences: {paired:.2f} ms")
    print(f"http over the library for a list of one item, p50 of the differences: {statistics.median(listing):.2f} ms")
    each = {door: 1000 * value / (options.calls + 20) for door, value in used.items()}
    print("processor a call in ms: " + ", ".join(f"{door} {value:.2f}" for door, value in each.items()))
    wall, processor = (statistics.median(column) for column in zip(*starts, strict=True))
    print(f"serve, start to first answer, median of {options.starts}: {wall:.2f} s, {processor:.2f} s of processor")
    print(f"mcp, start to first answer: {first:.2f} s")


def loop(options: argparse.Namespace) -> None:
    """A ticker that should run every millisecond while eight recalls and writes at a time go through `AsyncMemory`."""

    async def run(busy: bool) -> list[float]:
        memory = AsyncMemory(":memory:")
        await memory.remember(messages(options.items))
        late: list[float] = []
        stop = False

        async def tick() -> None:
            while not stop:
                began = time.perf_counter()
                await asyncio.sleep(0.001)
                late.append(1000 * (time.perf_counter() - began) - 1)

        async def work(n: int) -> None:
            for step in range(options.calls):
                if step % 5 == 4:
                    await memory.remember(messages(1, seed=n * 1000 + step))
                else:
                    await memory.recall(f"the {WORDS[(n + step) % 15]}", 10)

        ticking = asyncio.create_task(tick())
        if busy:
            await asyncio.gather(*(work(n) for n in range(8)))
        else:
            await asyncio.sleep(3)
        stop = True
        await ticking
        await memory.close()
        return late

    for name, busy in (("idle", False), ("busy", True)):
        late = sorted(asyncio.run(run(busy)))
        told = ", ".join(f"p{p} {late[min(len(late) - 1, int(len(late) * p / 100))]:.2f}" for p in (50, 99))
        print(f"{name}: {len(late)} ticks, late by ms: {told}, most {late[-1]:.2f}")


def load(options: argparse.Namespace) -> None:
    """Clients that write and ask as fast as they are answered; then the server is killed and the file is read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Memory(folder / "default.db") as memory:
            memory.remember(messages(options.items))
        server = Server(folder)
        end = time.monotonic() + options.seconds
        kept: list[str] = []
        times: list[tuple[str, float]] = []
        errors: list[str] = []

        def client(n: int) -> None:
            draw, line = random.Random(n), Client(server.port)
            while time.monotonic() < end:
                what = draw.random()
                cue = f"the {draw.choice(WORDS)} of {draw.choice(WORDS)}"
                call: tuple[str, str, str, Any]
                if what < 0.2:
                    call = "remember", "POST", "/v1/memories", {"messages": messages(1, seed=draw.randrange(10**9))}
                elif what < 0.8:
                    call = "recall", "POST", "/v1/recall", {"cue": cue}
                elif what < 0.9:
                    call = "context", "POST", "/v1/context", {"cue": cue, "budget_tokens": 500}
                else:
                    call = "list", "GET", "/v1/memories?limit=20&newest_first=true", None
                began = time.perf_counter()
                status, told = line.call(*call[1:])
                times.append((call[0], 1000 * (time.perf_counter() - began)))
                if status >= 400:
                    errors.append(f"{call[0]}: {status} {told}")
                elif call[0] == "remember":
                    kept.extend(told["ids"])

        threads = [threading.Thread(target=client, args=(n,)) for n in range(options.clients)]
        for thread in threads:
            thread.start()
        marks = []
        for share in (0.25, 0.5, 0.75):
            time.sleep(max(0.0, end - (1 - share) * options.seconds - time.monotonic()))
            marks.append(server.holds())
        for thread in threads:
            thread.join()
        marks.append(server.holds())
        server.stop(signal.SIGKILL)
        with Memory(folder / "default.db") as memory:
            lost = [id for id in kept if not memory.count(where={}) or memory.get(id).id != id]
    print(f"{options.clients} clients, {options.seconds:g} s: {len(times):,} calls, {len(errors)} errors {errors[:3]}")
    for verb in ("remember", "recall", "context", "list"):
        row = sorted(value for name, value in times if name == verb)
        print(f"{verb}: {len(row):,}, p50 {row[len(row) // 2]:.1f} ms, p99 {row[int(len(row) * 0.99)]:.1f} ms")
    print(
        "MB, descriptors, threads at each quarter: "
        + "; ".join(f"{mb:.0f}, {fds}, {threads}" for mb, fds, threads in marks)
    )
    print(f"{len(kept):,} acknowledged writes, {len(lost)} lost after kill -9")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("overhead", "loop", "load"))
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    {"overhead": overhead, "loop": loop, "load": load}[options.what](options)


if __name__ == "__main__":
    main()
