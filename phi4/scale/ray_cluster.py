"""Ray, opened and closed: a cluster of one's own on this machine, or one that is there already."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from phi4.errors import ClusterError, UsageError

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray's own; nothing leaves a closed network
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its faults reach us as errors; its logs have the rest
KNOCK_SECONDS = 5.0
INSTALL = 'type: pip install "phi4[scale]"    on every machine'


@dataclass(frozen=True)
class Cluster:
    """A connection; ``workers``: one a processor."""

    ray: Any
    workers: int

    def map_in_order(
        self, worker: type[Any], arguments: tuple[Any, ...], items: list[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """``worker(*arguments)``, called with batches of one item, on every processor; results in the items' order.

        A worker that is lost is started anew, and what it worked on begins again. Raises ``ClusterError``.
        """
        data = self.ray.data
        with quiet():
            context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        blocks = min(len(items), MOST_BLOCKS)
        with quiet():
            mapped = data.from_items(items, override_num_blocks=blocks).map_batches(
                worker,
                fn_constructor_args=arguments,
                batch_size=1,
                compute=data.ActorPoolStrategy(size=min(self.workers, blocks), max_tasks_in_flight_per_actor=1),
                num_cpus=1,
                max_restarts=-1,
                max_task_retries=-1,
            )
        try:
            yield from mapped.iter_rows()
        except self.ray.exceptions.RayError as error:
            raise _interrupted(error) from error

    def one_for_all(self, kind: type[Any], *arguments: Any) -> Callable[[str], Any]:
        """One ``kind(*arguments)`` for all workers; call it with the name of a method."""
        return _Lone(self.ray.remote(num_cpus=0)(kind).remote(*arguments))


@dataclass(frozen=True)
class _Lone:
    actor: Any

    def __call__(self, method: str) -> Any:
        import ray

        try:
            return ray.get(getattr(self.actor, method).remote())
        except ray.exceptions.RayError as error:
            raise _interrupted(error) from error


MOST_BLOCKS = 5000  # that Ray holds; each of more units then takes several


@contextmanager
def cluster(where: str) -> Iterator[Cluster]:
    """``ray``: all processors of this machine; ``ray:ADDRESS``: the cluster there (``ray:auto``: this machine's).

    Raises ``UsageError`` for another word, ``ClusterError`` when Ray is not installed or does not answer.
    """
    kind, _, address = where.partition(":")
    if kind != "ray":
        raise UsageError(f"--on '{where}' is no known place", "write ray, or ray:ADDRESS of a cluster")
    ray = _ray()
    found = ray.is_initialized()
    if not found:
        _connect(ray, address)
    try:
        yield Cluster(ray, max(1, int(ray.cluster_resources().get("CPU", 1))))
    finally:
        if not found:
            gc.collect()  # what still refers to Ray may speak to it after its end, which ends this process
            sys.stdout.flush()  # so may losing its raylet meanwhile: what was printed is out by then
            ray.shutdown()


def _ray() -> Any:
    try:
        with quiet():
            import ray
            import ray.data
        logging.getLogger("ray.data").setLevel(logging.ERROR)
    except ImportError as error:
        raise ClusterError(f"--on ray needs Ray: {error}", INSTALL) from error
    return ray


def _knock(address: str) -> None:
    """Raise ``OSError`` where nobody listens: Ray itself would wait for minutes and write logs meanwhile."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), KNOCK_SECONDS).close()


def _connect(ray: Any, address: str) -> None:
    own = {} if address else {"include_dashboard": False}
    try:
        _knock(address)
        with quiet():
            ray.init(address=address or "local", log_to_driver=False, logging_level="ERROR", **own)
    except OSError as error:
        raise ClusterError(
            f"no Ray cluster answers at '{address}': {_last_line(error)}",
            "start one with: ray start --head    see it with: ray status",
        ) from error
    except (RuntimeError, ValueError) as error:
        told = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
        hint = f"install the same Python and ray=={ray.__version__} on every machine" if "ersion" in told else INSTALL
        raise ClusterError(f"the Ray cluster '{address or 'local'}' cannot be used: {told[:300]}", hint) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Ray warns of its own deprecated parts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _interrupted(error: BaseException) -> ClusterError:
    return ClusterError(
        f"Ray could not go on: {_last_line(error)}",
        "look at the machines with: ray status    then run the same command again; nothing done is lost",
    )


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
