"""Put requests to a teacher: through the cache, counted, as many at once as it takes, answers in order.

Whatever arrives first, answers are handed on in the order of the requests: so the rows of a run do not
depend on how busy the teacher was, and a run that is repeated makes the same ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from phi4.dataset.cache import Answers, request_key
from phi4.dataset.crew import BUSY_TRIES, Crew, Posed, pause
from phi4.dataset.meter import Circuit, Meter, with_usage
from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused
from phi4.teachers import Sampling, Teacher, TeacherAnswer

WARMER = 0.2  # added to the temperature at each further try: the same words again would help nobody
HOTTEST = 1.0
LANDING_SECONDS = 5.0  # that a run which an error ends waits for what is under way; Ctrl-C does not wait

Outcome = TeacherAnswer | TeacherFailed | None  # None: not asked, a limit was reached


def warmer(sampling: Sampling, turn: int) -> Sampling:
    """The sampling of the ``turn``-th try: another seed, and warmer."""
    if not turn:
        return sampling
    temperature = min(max(sampling.temperature, HOTTEST), round(sampling.temperature + WARMER * turn, 2))
    return replace(sampling, temperature=temperature, seed=sampling.seed + turn)


@dataclass
class Asker:
    """One teacher, and the memory of everything that it ever answered; ``heard`` is called at every outcome."""

    teacher: Teacher
    cache: Answers
    meter: Meter = field(default_factory=Meter)
    circuit: Circuit = field(default_factory=Circuit)
    heard: Callable[[], object] = lambda: None

    def known(self, posed: Posed) -> TeacherAnswer | None:
        """The answer that an earlier run got, if it did."""
        return self.cache.get(self._key(posed))

    def one(self, posed: Posed) -> TeacherAnswer:
        """One answer. Raises ``TeacherUnavailable`` or ``TeacherFailed``."""
        key = self._key(posed)
        known = self.cache.get(key)
        return known if known is not None else self._keep(key, posed, self._patient(posed))

    def all(self, posed: Sequence[Posed]) -> list[Outcome]:
        """An outcome for each request, in order; what failed alone is tried once again at the end.

        Equal requests are one, paid for once: what comes of the first, an answer or a failure, is that of all.
        Raises ``TeacherUnavailable`` when the teacher is gone or most requests fail.
        """
        keys = [self._key(one) for one in posed]
        firsts: dict[str, Posed] = {}
        for key, one in zip(keys, posed, strict=True):
            firsts.setdefault(key, one)
        outcomes = dict(zip(firsts, self._each([*firsts], [*firsts.values()]), strict=True))
        return [outcomes[key] for key in keys]

    def _each(self, keys: Sequence[str], posed: Sequence[Posed]) -> list[Outcome]:
        """An outcome for each of different requests."""
        outcomes: list[Outcome] = [self.cache.get(key) for key in keys]
        for again in (False, True):
            done = (TeacherAnswer, TeacherRefused) if again else TeacherAnswer  # what is refused will be again
            left = [index for index, outcome in enumerate(outcomes) if not isinstance(outcome, done)]
            try:
                for index, outcome in self._arrivals(posed, left):
                    if isinstance(outcome, TeacherAnswer):
                        self.circuit.succeeded()
                        self._keep(keys[index], posed[index], outcome)
                    elif not again:
                        self.circuit.failed(outcome)
                    outcomes[index] = outcome
            except BaseException as error:
                self._save(keys, posed, LANDING_SECONDS if isinstance(error, Exception) else 0.0)
                raise
        return outcomes

    def _save(self, keys: Sequence[str], posed: Sequence[Posed], seconds: float) -> None:
        """Keep what else was answered when a run ends early: it was paid for."""
        for index, answer in self._crew.landing(seconds):
            self._keep(keys[index], posed[index], answer)

    def _arrivals(self, posed: Sequence[Posed], left: list[int]) -> Iterator[tuple[int, TeacherAnswer | TeacherFailed]]:
        """The outcomes as they come, until a limit is reached."""
        if self.teacher.at_once > 1:
            yield from self._crew.work({index: posed[index] for index in left}, self.meter.spent)
            return
        for index in left:
            if self.meter.spent():
                return
            try:
                yield index, self._patient(posed[index])
            except TeacherFailed as error:
                yield index, error

    @cached_property
    def _crew(self) -> Crew:
        return Crew(self._ask, self.teacher.at_once)

    def _ask(self, posed: Posed) -> TeacherAnswer:
        return self.teacher.ask(posed.messages, posed.schema, posed.sampling)

    def _patient(self, posed: Posed) -> TeacherAnswer:
        """Ask, and ask again after a pause when the teacher has too much to do."""
        for tries in range(1, BUSY_TRIES):
            try:
                return self._ask(posed)
            except TeacherBusy as error:
                time.sleep(pause(error, tries))
        return self._ask(posed)

    def _keep(self, key: str, posed: Posed, told: TeacherAnswer) -> TeacherAnswer:
        answer = with_usage(told, sum(len(turn.content) for turn in posed.messages))
        self.cache.put(key, answer)
        self.meter.count(answer)
        self.heard()
        return answer

    def _key(self, posed: Posed) -> str:
        return request_key(self.teacher.identity, posed.messages, posed.schema, posed.sampling)
