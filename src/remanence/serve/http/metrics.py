"""What the server tells Prometheus: requests, their times, open spaces, running operations."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from remanence.serve.http.operations import Operations
from remanence.serve.spaces import Spaces

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The measures of one server, in a registry of its own."""

    def __init__(self, spaces: Spaces, operations: Operations) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "remanence_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "remanence_request_seconds", "Time of a request.", ("route",), registry=self._registry,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )  # fmt: skip
        Gauge("remanence_open_spaces", "Spaces that are open.", registry=self._registry).set_function(
            lambda: spaces.open_now
        )
        Gauge("remanence_running_operations", "Operations that have not ended.", registry=self._registry).set_function(
            lambda: operations.running
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is the pattern, never the path, so that no id becomes a label."""
        self._requests.labels(method if method.isalpha() and len(method) < 10 else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)
