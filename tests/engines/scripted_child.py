"""A real child process without a model: it counts down from the prompt's first id, slowly.

Some prompts are faults: DIE kills the process, HANG makes it deaf and dumb, REFUSE is answered as a
real engine answers a bad request.
"""

import os
import signal
import threading
import time

from phi4.engines.parent import read_specification
from phi4.engines.wire import Ask, Link

DIE, HANG, REFUSE = 901, 902, 903


def answer(link, ask, cancelled, seconds):
    link.read(ask.number, len(ask.prompt), len(ask.prompt))
    for count in range(ask.limits.max_tokens):
        token = ask.prompt[0] - count
        if token in ask.limits.end_ids:
            return link.done(ask.number, "stop", cached=1)
        time.sleep(seconds)
        if ask.number in cancelled:
            return None
        link.piece(ask.number, f"{token}가 ", [token])
    return link.done(ask.number, "length")


def main():
    specification = read_specification()
    link = Link(specification)
    if specification.get("dies"):
        raise SystemExit("out of memory, say")
    time.sleep(specification.get("load", 0))
    link.loading(0.5, "half way")
    if specification.get("fails"):
        link.failed(specification["fails"])
        threading.Event().wait()
    link.ready(slots=3)
    cancelled = set()
    for command in link.commands():
        if not isinstance(command, Ask):
            cancelled.add(command.number)
        elif command.prompt[0] == DIE:
            os.kill(os.getpid(), signal.SIGKILL)
        elif command.prompt[0] == HANG:
            threading.Event().wait()
        elif command.prompt[0] == REFUSE:
            link.fail(command.number, "refused", "no such token")
        else:
            arguments = (link, command, cancelled, specification.get("token", 0.0))
            threading.Thread(target=answer, args=arguments, daemon=True).start()
    os._exit(0)


if __name__ == "__main__":
    main()
