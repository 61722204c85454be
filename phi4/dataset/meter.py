"""What a run costs, and the two ways in which it stops early: a limit, and a teacher that keeps failing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from phi4.errors import TeacherFailed, TeacherRefused, TeacherUnavailable, UsageError
from phi4.teachers import TeacherAnswer

FIRST_REQUESTS = 20  # of a run: if more than half of them fail, all the others would
TOKENS_A_CHARACTER = 0.7  # of Korean in Qwen's tokenizer; others lie between 0.5 and 1.1
IN_A_ROW = 5  # later on: a teacher that was there is gone
REFUSED_IN_A_ROW = 30  # refusals of what is asked: two documents of long sentences are as many


@dataclass(frozen=True)
class Prices:
    """Money for a million tokens, in whatever currency; 0 where nothing is paid."""

    prompt: float = 0.0
    completion: float = 0.0


@dataclass(frozen=True)
class Ceiling:
    """How much a run may ask for; 0: no limit."""

    calls: int = 0
    cost: float = 0.0


@dataclass(kw_only=True)
class Usage:
    """What a teacher was asked for: requests, and the tokens that it read and wrote."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: int = 0  # requests of which the teacher did not say how many tokens they took

    def count(self, answer: TeacherAnswer) -> None:
        """Add one answer."""
        self.calls += 1
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        self.estimated += answer.estimated

    def add(self, other: Usage) -> None:
        """Add what another one counted."""
        self.calls += other.calls
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.estimated += other.estimated


@dataclass
class Meter(Usage):
    """Counts the requests that the teacher answered in this run; answers from the cache are free.

    Raises ``UsageError`` for a limit of cost without a price, which would never be reached.
    """

    prices: Prices = field(default_factory=Prices)
    ceiling: Ceiling = field(default_factory=Ceiling)
    dearest: float = 0.0  # what the request cost that cost most
    reached: str = ""  # a limit that somebody else met, who counts for the same run

    def __post_init__(self) -> None:
        if self.ceiling.cost and self.prices == Prices():
            raise UsageError(
                f"--max-cost {self.ceiling.cost:g} without a price would never stop the run",
                "add --price-prompt and --price-completion (of a million tokens), or use --max-calls",
            )

    @property
    def cost(self) -> float:
        """In the currency of the prices."""
        return cost_of(self.prompt_tokens, self.completion_tokens, self.prices)

    def count(self, answer: TeacherAnswer) -> None:
        """Add one answer."""
        super().count(answer)
        self.dearest = max(self.dearest, cost_of(answer.prompt_tokens, answer.completion_tokens, self.prices))

    def add(self, other: Usage) -> None:
        """Add what another one counted; of the prices of its requests only the average is known."""
        super().add(other)
        average = cost_of(other.prompt_tokens, other.completion_tokens, self.prices) / max(other.calls, 1)
        self.dearest = max(self.dearest, average)

    def told(self) -> str:
        """Tokens, and their cost where something is paid."""
        tokens = f"{self.prompt_tokens + self.completion_tokens:,} tokens"
        return tokens if self.prices == Prices() else f"{tokens} · cost {self.cost:.4g}"

    def reserved(self, under_way: int) -> float:
        """The cost so far, and what the requests under way may add: each as much as the dearest one."""
        return self.cost + under_way * self.dearest

    def unpriced(self, under_way: int) -> bool:
        """Whether requests are under way of which nobody can say yet what one costs: none was answered."""
        return bool(under_way and not self.calls)

    def spent(self, under_way: int = 0) -> str:
        """Which limit is reached, as the option that set it; "" while there is room beside what is under way."""
        if self.reached:
            return self.reached
        if self.ceiling.calls and self.calls + under_way >= self.ceiling.calls:
            return f"--max-calls {self.ceiling.calls}"
        if self.ceiling.cost and (self.unpriced(under_way) or self.reserved(under_way) >= self.ceiling.cost):
            return f"--max-cost {self.ceiling.cost:g}"
        return ""


def with_usage(answer: TeacherAnswer, characters: int) -> TeacherAnswer:
    """An answer to a prompt of so many characters; its tokens are estimated where the teacher counts none."""
    if answer.prompt_tokens or answer.completion_tokens:
        return answer
    read, written = (round(count * TOKENS_A_CHARACTER) for count in (characters, len(answer.text)))
    return replace(answer, prompt_tokens=read, completion_tokens=written, estimated=True)


def cost_of(prompt_tokens: int, completion_tokens: int, prices: Prices) -> float:
    """Money for so many tokens."""
    return (prompt_tokens * prices.prompt + completion_tokens * prices.completion) / 1e6


class Circuit:
    """Opens when most requests fail: going on would cost hours and give nothing."""

    def __init__(self) -> None:
        self._requests = self._failures = self._row = self._refused = 0

    def succeeded(self) -> None:
        """A request was answered."""
        self._requests += 1
        self._row = self._refused = 0

    def failed(self, error: TeacherFailed) -> None:
        """A request failed. Raises ``TeacherUnavailable`` when too many did.

        One that was refused for what it asks says little of the next, so more of these may follow one another; but
        an account that is empty refuses all (Anthropic: HTTP 400).
        """
        self._requests += 1
        self._failures += 1
        refused = isinstance(error, TeacherRefused)
        self._row, self._refused = self._row + (not refused), self._refused + refused
        early = self._requests <= FIRST_REQUESTS and self._failures > FIRST_REQUESTS // 2
        row = self._row + self._refused
        if early or self._row >= IN_A_ROW or self._refused >= REFUSED_IN_A_ROW:
            told = f"{self._failures} of the first {self._requests}" if early else f"{row} requests in a row"
            raise TeacherUnavailable(
                f"{told} failed: {error.message}",
                "look at the teacher, then run the same command again; answers so far are kept",
            ) from error
