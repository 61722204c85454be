"""What an operator watches, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from phi4.server.production import Outcome

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()

        def counter(name: str, help_: str, *labels: str) -> Counter:
            return Counter(f"phi4_{name}", help_, labels, registry=self._registry)

        def histogram(name: str, help_: str) -> Histogram:
            return Histogram(f"phi4_{name}", help_, buckets=SECONDS, registry=self._registry)

        self.answers = counter("answers", "Answers that ended, by how they ended", "end")
        self.shed = counter("requests_shed", "Requests that were sent away, by reason", "code")
        self.stopped = counter("answers_stopped", "Answers that were stopped, by phase", "phase")
        self.storage_failures = counter("storage_failures", "Answers that could not be kept")
        self.prompt_tokens = counter("prompt_tokens", "Tokens read")
        self.generation_tokens = counter("generation_tokens", "Tokens written")
        self.queue_seconds = histogram("queue_seconds", "Wait for a place at the model")
        self.first_token_seconds = histogram("time_to_first_token_seconds", "From request to first text")
        self.answer_seconds = histogram("answer_seconds", "From request to end")
        self.token_seconds = histogram("inter_token_latency_seconds", "Mean time between the tokens of an answer")

    def ended(self, outcome: Outcome, stored: bool) -> None:
        """One answer is over."""
        self.answers.labels(outcome.code or outcome.end).inc()
        if outcome.end == "cancelled":
            self.stopped.labels(outcome.phase).inc()
        if not stored:
            self.storage_failures.inc()
        self.prompt_tokens.inc(outcome.usage.prompt_tokens)
        self.generation_tokens.inc(outcome.usage.completion_tokens)
        self.queue_seconds.observe(outcome.queued)
        self.answer_seconds.observe(outcome.total)
        if outcome.first_token is not None:
            self.first_token_seconds.observe(outcome.first_token)
            if outcome.usage.completion_tokens > 1:
                writing = outcome.total - outcome.first_token
                self.token_seconds.observe(writing / (outcome.usage.completion_tokens - 1))

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A value that is asked for when it is read."""
        Gauge(f"phi4_{name}", meaning, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)
