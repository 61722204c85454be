"""nginx itself reads what stands in deploy/nginx, and a rolling restart behind it fails nobody."""

import contextlib
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from phi4.settings import load_settings
from tests.deploy.api_process import KEYS, KILLED, LOST

ROOT = Path(__file__).parents[2]
CONF = ROOT / "deploy" / "nginx" / "phi4.conf"
PATIENCE = 60
SHELL = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    include {folder}/phi4.conf;
}}
"""


@pytest.fixture
def nginx():
    """The program; where it is not installed, CI fails and a developer's run says so and goes on."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        assert not os.environ.get("CI"), "install nginx"
        pytest.skip("NOT TESTED: nginx is not installed")
    return found


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def written(folder, ports):
    """Our file with ports that are free here, below a shell of its own."""
    text = CONF.read_text("utf-8")
    for stated, port in zip(("8001", "8002", "8080"), ports, strict=True):
        assert stated in text
        text = text.replace(f"127.0.0.1:{stated}", f"127.0.0.1:{port}").replace(f"listen {stated}", f"listen {port}")
    (folder / "phi4.conf").write_text(text, "utf-8")
    (folder / "nginx.conf").write_text(SHELL.format(folder=folder), "utf-8")
    return folder / "nginx.conf"


def test_nginx_accepts_the_file(nginx, tmp_path):
    tested = subprocess.run(
        [nginx, "-t", "-c", written(tmp_path, free_ports(3))], capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stderr


class Site:
    """Two API processes behind nginx."""

    def __init__(self, nginx, folder):
        *self.ports, port = free_ports(3)
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self._processes = {}
        for one in self.ports:
            self.start(one)
        self._nginx = subprocess.Popen([nginx, "-c", written(folder, (*self.ports, port))])

    def start(self, port):
        command = [sys.executable, "-m", "tests.deploy.api_process", str(port), str(self.folder)]
        self._processes[port] = subprocess.Popen(command, cwd=ROOT)
        self._wait(port)

    def stop(self, port):
        self._processes[port].terminate()
        self._processes[port].wait(PATIENCE)

    def _wait(self, port):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"no process answers at {port}")

    def close(self):
        self._nginx.terminate()
        self._nginx.wait(PATIENCE)
        for port in self.ports:
            self.stop(port)


@pytest.fixture
def site(nginx, tmp_path):
    opened = Site(nginx, tmp_path)
    yield opened
    opened.close()


def key(number):
    return {"Authorization": f"Bearer {KEYS[number]}"}


def test_a_question_that_was_begun_is_not_asked_again_at_the_other_process(site):
    with httpx.Client(base_url=site.url, timeout=PATIENCE) as client:
        lost = client.post("/api/chat", json={"message": LOST}, headers=key(0))
    assert (lost.status_code, lost.json()["error"]["code"]) == (502, "engine_lost")
    assert lost.headers["retry-after"] == "5"
    with contextlib.closing(sqlite3.connect(site.folder / "chats.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM turns WHERE content = ?", (LOST,)).fetchone() == (1,)


@pytest.mark.parametrize(("stream", "times"), [(False, 2), (True, 1)])
def test_a_question_whose_process_is_killed_is_asked_again_unless_it_has_said_something(site, stream, times):
    """The limit that the file and docs/scale.md name: nginx cannot know that the question was read."""
    with httpx.Client(base_url=site.url, timeout=PATIENCE, headers=key(0)) as client:
        assert client.post("/api/chat", json={"message": "첫 질문"}).status_code == 200
        try:
            whole = client.post("/api/chat", json={"message": KILLED, "stream": stream}).status_code == 200
        except httpx.RemoteProtocolError:
            whole = False
    assert whole is not stream
    assert (site.folder / "killed").exists()
    with contextlib.closing(sqlite3.connect(site.folder / "chats.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM turns WHERE content = ?", (KILLED,)).fetchone() == (times,)


@pytest.mark.parametrize("path", [CONF, ROOT / "docs" / "deploy.md"], ids=lambda path: path.name)
def test_nginx_waits_longer_than_the_server_for_an_answer_that_comes_whole(path):
    (stated,) = re.findall(r"proxy_read_timeout (\d+)s;", path.read_text("utf-8"))
    settings = load_settings({})
    assert int(stated) > settings.queue_timeout + settings.answer_timeout


def test_both_processes_are_restarted_one_after_the_other_and_no_question_fails(site):
    over, answered, failed = threading.Event(), [], []

    def ask(number):
        with httpx.Client(base_url=site.url, timeout=PATIENCE, headers=key(number)) as client:
            while not over.is_set():
                try:
                    reply = client.post("/api/chat", json={"message": "질문", "stream": bool(number % 2)})
                    whole = "event: done" in reply.text if number % 2 else '"answer"' in reply.text
                    (answered if reply.status_code == 200 and whole else failed).append((reply.status_code, reply.text))
                except httpx.HTTPError as error:
                    failed.append(repr(error))

    crowd = [threading.Thread(target=ask, args=(number,)) for number in range(len(KEYS))]
    for one in crowd:
        one.start()
    for port in site.ports:
        before = len(answered)
        while len(answered) < before + 12 and not failed:
            time.sleep(0.05)
        site.stop(port)
        site.start(port)
    over.set()
    for one in crowd:
        one.join()
    assert failed == [], (site.folder / "error.log").read_text("utf-8")
    assert len(answered) > 24
