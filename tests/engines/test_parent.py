"""What an engine child does first and last."""

import subprocess
import sys

SCRIPT = """
import threading
from phi4.engines.parent import read_specification
print(read_specification(), flush=True)
threading.Event().wait()
"""


def test_a_child_reads_its_specification_and_ends_when_stdin_closes():
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        print('{"model": "x"}', file=child.stdin, flush=True)
        assert child.stdout.readline() == "{'model': 'x'}\n"
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(30) == 0
