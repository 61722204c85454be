"""Adapter and dataset are pushed by the hub's own client; here to a server that takes what it is sent."""

import base64
import json
import threading
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from phi4.chat.adapters import read_adapter
from phi4.errors import ExportError
from phi4.export.hub import export_hub
from phi4.jsonl import write_jsonl
from phi4.records import Example
from tests.export.kit import make_subject
from tests.samples import make_workspace

PACKAGED, ON_THE_HUB = "qwen2.5-coder-0.5b", "Qwen/Qwen2.5-Coder-0.5B-Instruct"


class Hub:
    """The few addresses of the hub that a push of small files needs."""

    def __init__(self, refuses=False):
        self.refuses, self.created, self.files = refuses, [], {}
        self.faults = []
        self.url, self.private, self.public, self.missing = "", True, set(), set()

    def post(self, path, body):
        if self.refuses:
            return 403, {"error": "You don't have the rights"}
        if path.endswith("/validate-yaml"):
            assert "language: ko" in json.loads(body)["content"]
            return 400 if self.faults else 200, {"errors": [{"message": told} for told in self.faults], "warnings": []}
        if path.endswith("/repos/create"):
            told = json.loads(body)
            self.created.append(told)
            return 200, {"url": f"{self.url}/me/{told['name']}"}
        if "/preupload/" in path:
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            return 200, {"files": files}
        assert "/commit/" in path, path
        repo = path.split("/commit/")[0].partition("/api/")[2]
        for line in body.splitlines():
            entry = json.loads(line)
            if entry["key"] == "file":
                self.files.setdefault(repo, {})[entry["value"]["path"]] = base64.b64decode(entry["value"]["content"])
        return 200, {
            "success": True,
            "commitOid": "0" * 40,
            "commitUrl": f"{self.url}/{repo.partition('/')[2]}/commit/{'0' * 40}",
        }


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path / "work")
    write_jsonl(made.train_file, [Example(question="질문", reasoning_steps=("하나",), answer="답")])
    return made


@pytest.fixture
def subject(wide_base, tmp_path):
    """An adapter of the packaged base, which the hub knows by another name."""
    made = make_subject(wide_base, tmp_path / "my-bot")
    return replace(made, base_model=PACKAGED, facts={**made.facts, "base_model": PACKAGED})


@pytest.fixture
def hub(monkeypatch):
    """Where huggingface_hub goes; ``hub.refuses`` makes it say no."""
    told = Hub()
    server = HTTPServer(("127.0.0.1", 0), partial(_Handler, told))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", told.url)
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, hub, *arguments):
        self.hub = hub
        super().__init__(*arguments)

    def do_GET(self):
        repo = self.path.split("?")[0].partition("/api/")[2].partition("/")[2]
        if repo in self.hub.missing:
            self._say(404, {"error": "Repository not found"}, "RepoNotFound")
            return
        private = self.hub.private and repo not in self.hub.public
        self._say(200, {"id": repo, "private": private, "siblings": [], "tags": [], "downloads": 0, "likes": 0})

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(*self.hub.post(self.path, body.decode()))

    def _say(self, status, answer, code=""):
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        pass


def test_both_are_pushed_and_private(subject, workspace, hub, capsys):
    made = export_hub(subject, workspace, "me/my-bot", False, {})
    told = [(one["name"], one["visibility"]) for one in hub.created]
    assert told == [("my-bot", "private"), ("my-bot-data", "private")]
    model, data = hub.files["models/me/my-bot"], hub.files["datasets/me/my-bot-data"]
    assert model["adapter_model.safetensors"] == (subject.folder / "adapter_model.safetensors").read_bytes()
    assert b"# my-bot" in model["README.md"]
    assert json.loads(model["adapter_config.json"])["base_model_name_or_path"] == ON_THE_HUB
    assert json.loads(data["train.jsonl"])["question"] == "질문"
    assert b"1 questions with reasoning" in data["README.md"]
    assert made["public"] is False
    assert "(private)" in capsys.readouterr().out


def test_public_is_said(subject, workspace, hub):
    hub.private = False
    export_hub(subject, workspace, "me/my-bot", True, {})
    assert {one["visibility"] for one in hub.created} == {"public"}


def test_nothing_private_goes_into_a_repository_that_was_public_already(subject, workspace, hub):
    hub.private = False
    with pytest.raises(ExportError, match="is public, and nothing was pushed"):
        export_hub(subject, workspace, "me/my-bot", False, {})
    assert hub.files == {}


def test_a_repository_that_is_private_is_not_called_public(subject, workspace, hub):
    with pytest.raises(ExportError, match="is private, and nothing was pushed") as caught:
        export_hub(subject, workspace, "me/my-bot", True, {})
    assert "--public" in caught.value.hint
    assert (hub.files, hub.created) == ({}, [])


def test_nothing_at_all_is_pushed_when_one_of_the_two_is_public(subject, workspace, hub):
    hub.public.add("me/my-bot-data")
    with pytest.raises(ExportError, match="dataset repository 'me/my-bot-data' is public, and nothing was pushed"):
        export_hub(subject, workspace, "me/my-bot", False, {})
    assert (hub.files, hub.created) == ({}, [])


def test_repositories_that_are_not_there_are_made(subject, workspace, hub):
    hub.missing |= {"me/my-bot", "me/my-bot-data"}
    export_hub(subject, workspace, "me/my-bot", False, {})
    assert set(hub.files) == {"models/me/my-bot", "datasets/me/my-bot-data"}


def test_the_exams_answers_stay_here(subject, workspace, hub, tmp_path):
    (subject.folder / "evaluation.json").write_text('{"passage": "secret"}', encoding="utf-8")
    export_hub(subject, workspace, "me/my-bot", False, {})
    assert "evaluation.json" not in hub.files["models/me/my-bot"]
    (subject.folder / "evaluation.json").unlink()


def test_a_hub_that_refuses_is_told_with_its_words(subject, workspace, hub):
    hub.refuses = True
    with pytest.raises(ExportError, match="did not take 'me/my-bot'") as caught:
        export_hub(subject, workspace, "me/my-bot", False, {})
    assert "hf auth login" in caught.value.hint


def test_a_card_that_the_hub_cannot_read_is_told_with_the_fault(subject, workspace, hub):
    hub.faults = ['"base_model" must be a repository']
    with pytest.raises(ExportError, match='"base_model" must be a repository'):
        export_hub(subject, workspace, "me/my-bot", False, {})


def test_an_adapter_of_a_base_that_is_not_on_the_hub_is_not_pushed(subject, workspace, hub, wide_base):
    with pytest.raises(ExportError, match="nobody could load the adapter") as caught:
        export_hub(replace(subject, base_model=str(wide_base)), workspace, "me/my-bot", False, {})
    assert "phi4 export merged" in caught.value.hint
    assert hub.created == []


def test_what_was_pushed_is_an_adapter_that_can_be_served(subject, workspace, hub, tmp_path):
    (subject.folder / "phi4.json").write_text(json.dumps(subject.facts), encoding="utf-8")
    export_hub(subject, workspace, "me/my-bot", False, {})
    (tmp_path / "fetched").mkdir()
    for name, content in hub.files["models/me/my-bot"].items():
        (tmp_path / "fetched" / name).write_bytes(content)
    assert read_adapter(tmp_path / "fetched").base_model == PACKAGED


def test_a_hub_that_is_not_there_is_told_too(subject, workspace, monkeypatch, closed_url):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", closed_url)
    with pytest.raises(ExportError, match="did not take 'me/my-bot'"):
        export_hub(subject, workspace, "me/my-bot", False, {})


@pytest.mark.parametrize("repo", ["my-bot", "a/b/c", "/x", "x/"])
def test_a_name_that_is_no_repository_is_refused_before_anything_is_sent(subject, workspace, hub, repo):
    with pytest.raises(ExportError, match="OWNER/NAME"):
        export_hub(subject, workspace, repo, False, {})
    assert hub.created == []
