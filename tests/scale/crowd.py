"""Seeds, a teacher and a cluster for runs on several workers; imported by those as well."""

import os
import random
import signal
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.generation import made_up, obedient
from phi4.dataset import Bounds, BuildOptions, Finishing
from phi4.dataset.cache import request_key
from phi4.errors import TeacherFailed
from phi4.teachers import Sampling, TeacherAnswer

SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)


class Noting:
    """Knows the made-up seeds and notes every request; ends its process at every fourth one, ``kills`` times;
    or ``refuses`` some of them."""

    name = identity = "noting"

    def __init__(self, log: Path, at_once: int = 2, kills: int = 0, refuses: bool = False) -> None:
        self.log, self.at_once, self.kills, self.refuses = log, at_once, kills, refuses

    def ask(self, messages, schema, sampling):
        key = request_key(self.name, messages, schema, sampling)
        fourth = self.kills and os.environ.get("RAY_JOB_ID") and _nth(self.log.with_suffix(".count")) % 4 == 0
        if fourth and _nth(self.log.with_suffix(".kills")) <= self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.refuses and key[0] in "012":
            raise TeacherFailed("it will not say")
        with self.log.open("ab", buffering=0) as file:
            file.write(key.encode() + b"\n")
        time.sleep(0.001)
        return TeacherAnswer(_said(messages, schema), prompt_tokens=10, completion_tokens=2)

    def close(self):
        pass


def _said(messages, schema):
    if "verdict" in schema["properties"]:
        return '{"reason": "그렇습니다.", "verdict": "예"}'
    return obedient(messages, schema)


def _nth(path):
    """How often this was called, in all processes."""
    with path.open("ab", buffering=0) as file:
        file.write(b".")
        return file.tell()


def teacher(log, **more):
    """How a worker opens its teacher."""
    return partial(Noting, log, **more)


def write_seeds(folder, count, twins=()):
    """``count`` files; those in ``twins`` say what the first one says, so that their questions are its."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(made_up(0 if number in twins else number), encoding="utf-8")


def options(*, rows=0, votes=0, ceiling=None):
    more = {"ceiling": ceiling} if ceiling else {}
    return BuildOptions(
        Bounds(rows=rows, wordings=2), 0.0, SAMPLING, votes=votes, finishing=Finishing(0.1, 0.2), **more
    )


class Here:
    """A cluster of this process: workers that take the units in turns, each with a teacher of its own."""

    workers = 2

    def one_for_all(self, kind, *arguments):
        thing = kind(*arguments)
        return lambda method: getattr(thing, method)()

    def map_in_order(self, worker, arguments, items):
        crew = [worker(*arguments) for _ in range(self.workers)]
        order = random.Random(1).sample(range(len(items)), len(items))  # whatever is done first
        told = {
            place: crew[turn % 2]({"place": [items[place]["place"]]})["told"][0] for turn, place in enumerate(order)
        }
        return ({"told": told[place]} for place in range(len(items)))


@contextmanager
def here(where):
    yield Here()
