"""One model at several addresses, asked as one teacher: each request goes where the fewest are under way.

A slow replica so gets less, without a weight that anybody must set. One that fails rests for a while, and its
request is asked of another: an answer does not depend on who gives it.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from phi4.errors import TeacherBusy, TeacherFailed, TeacherRefused, TeacherSlow, TeacherUnavailable, UsageError
from phi4.records import Message
from phi4.teachers.protocol import Sampling, Teacher, TeacherAnswer

REST_SECONDS = 10.0  # doubles while a replica goes on failing
LONGEST_REST = 300.0


class Replicas:
    """Several teachers that are one model. ``name`` is the first one's, so that a replica more asks nothing anew."""

    def __init__(self, teachers: Sequence[Teacher], name: str) -> None:
        first = teachers[0]
        named = first.identity == first.name  # else it says which model it is, at whatever address
        self.name, self.identity = name, name if named else first.identity
        self.at_once = sum(teacher.at_once for teacher in teachers)
        self._replicas = [_Replica(teacher) for teacher in teachers]
        self._lock = threading.Lock()

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], sampling: Sampling) -> TeacherAnswer:
        """See ``Teacher.ask``; fails when every replica did, and is unavailable when every one is.

        What one refuses for what it asks is asked of one other: two that are the same model and set up alike both
        refuse it. If the other answers, the first is set up otherwise, and rests.
        """
        tried: list[_Replica] = []
        worst: TeacherFailed | TeacherUnavailable | None = None
        refusing: _Replica | None = None
        while replica := self._take(tried, but_resting=isinstance(worst, TeacherSlow)):
            tried.append(replica)
            try:
                answer = replica.teacher.ask(messages, schema, sampling)
            except TeacherRefused as error:
                self._back(replica, None)
                if refusing:
                    raise
                worst, refusing = error, replica
            except (TeacherFailed, TeacherUnavailable) as error:
                self._back(replica, error)
                worst = worst if isinstance(error, TeacherUnavailable) and worst else error
            else:
                self._back(replica, None)
                if refusing:
                    self._rest(refusing)
                return answer
        assert worst, "there is a replica, and it was asked"
        raise worst

    def close(self) -> None:
        """Close them all."""
        for replica in self._replicas:
            replica.teacher.close()

    def _take(self, tried: Sequence[_Replica], but_resting: bool) -> _Replica | None:
        """The one that is awake and least busy; if all rest, the one that wakes first. None when all were tried.

        ``but_resting``: a request that took too long may cost its time once more where somebody is awake, not where
        the next one is known to fail.
        """
        with self._lock:
            now = time.monotonic()
            left = [one for one in self._replicas if one not in tried]
            if but_resting:
                left = [one for one in left if one.rests_until <= now]
            if not left:
                return None
            replica = min(left, key=lambda one: (max(0.0, one.rests_until - now), one.load, random.random()))
            replica.under_way += 1
            return replica

    def _back(self, replica: _Replica, error: Exception | None) -> None:
        with self._lock:
            replica.under_way -= 1
            if error is None:
                replica.failures = 0
        if error is not None and not isinstance(error, TeacherBusy):  # such a one lives, and has less under way soon
            self._rest(replica)

    def _rest(self, replica: _Replica) -> None:
        with self._lock:
            replica.failures += 1
            rest = min(REST_SECONDS * 2 ** (replica.failures - 1), LONGEST_REST)
            replica.rests_until = time.monotonic() + rest


class _Replica:
    def __init__(self, teacher: Teacher) -> None:
        self.teacher = teacher
        self.under_way = self.failures = 0
        self.rests_until = 0.0

    @property
    def load(self) -> float:
        return self.under_way / self.teacher.at_once


def open_replicas(names: Sequence[str], open_one: Callable[[str], Teacher]) -> Replicas:
    """The teachers with these names; those that are not there are named and left out.

    Raises ``UsageError`` when they are several models, ``TeacherUnavailable`` when none is there.
    """
    models = {name.partition("@")[0] for name in names}
    if len(models) > 1:
        raise UsageError(
            f"--teacher names several models: {', '.join(sorted(models))}",
            "several teachers are one model at several addresses: openai:MODEL@URL,openai:MODEL@URL",
        )
    there: list[Teacher] = []
    last: TeacherUnavailable | None = None
    for name in names:
        try:
            there.append(open_one(name))
        except TeacherUnavailable as error:
            last = error
            print(f"⚠️ left out: {error.message}")
    if not there and last:
        raise last
    return Replicas(there, names[0])
