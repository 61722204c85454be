"""A PostgreSQL server of the tests' own: a fresh cluster in a folder, on a port of its own, gone afterwards."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "nobody"  # PostgreSQL refuses to run as root


def missing():
    """Why it cannot be started here; "" when it can."""
    return "" if _program("initdb") else "PostgreSQL is not installed; on Debian: sudo apt-get install postgresql"


def _program(name):
    return shutil.which(name) or next((str(folder / name) for folder in DEBIAN[::-1] if (folder / name).exists()), None)


class PostgreSQL:
    """``url`` is one database's address; ``stop`` and ``start`` are the fault that the tests need."""

    def __init__(self, folder):
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        self._run("initdb", "-D", f"{folder}/cluster", "-U", "phi4", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def database(self, name):
        """The address of a new, empty database."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "phi4", name)
        return f"postgresql://phi4@127.0.0.1:{self.port}/{name}"

    def start(self):
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -F"
        self._run("pg_ctl", "-D", f"{self._folder}/cluster", "-o", options, "-l", f"{self._folder}/log", "-w", "start")

    def stop(self):
        self._run("pg_ctl", "-D", f"{self._folder}/cluster", "-m", "immediate", "-w", "stop")

    def _run(self, name, *words):
        who = {"user": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [_program(name), *words],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if name != "pg_ctl" else subprocess.DEVNULL,  # its server would hold a pipe open
            stderr=subprocess.STDOUT,
            check=False,
            **who,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}"
