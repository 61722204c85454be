"""The child's end of the link: what is said on one side is heard on the other."""

import json
import socket
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.engines.protocol import Limits
from phi4.engines.wire import Ask, Cancel, Link


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    link = Link({"link": theirs.detach()})
    yield ours, link
    ours.close()
    link._socket.close()


def heard(ours, link):
    """Everything that the child has said."""
    link._socket.shutdown(socket.SHUT_WR)
    with ours.makefile("rb") as lines:
        return [json.loads(line) for line in lines]


def test_requests_arrive_as_they_were_asked_and_the_parents_end_ends_them(pair):
    ours, link = pair
    limits = Limits(5, 0, 0.7, other_end_ids=(1, 2))
    ours.sendall(json.dumps({"ask": 7, "prompt": [4, 5], "limits": asdict(limits), "tuned": False}).encode() + b"\n")
    ours.sendall(b'{"cancel": 7}\n')
    ours.shutdown(socket.SHUT_WR)
    assert list(link.commands()) == [Ask(7, (4, 5), limits, False), Cancel(7)]


def test_events_carry_their_requests_number(pair):
    ours, link = pair
    link.loading(0.5, "reading")
    link.ready(slots=2)
    link.read(1, 3, 9)
    link.piece(1, "안", [5])
    link.piece(1, "", [])  # nothing is not said
    link.piece(2, "녕", [], tokens=3)
    link.done(1, "stop", cached=4)
    link.fail(2, "refused", "why")
    assert heard(ours, link) == [
        {"loading": 0.5, "detail": "reading"},
        {"ready": {"slots": 2}},
        {"id": 1, "read": 3, "of": 9},
        {"id": 1, "text": "안", "ids": [5]},
        {"id": 2, "text": "녕", "ids": [], "tokens": 3},
        {"id": 1, "done": "stop", "cached": 4},
        {"id": 2, "fail": "refused", "message": "why"},
    ]


def test_being_alive_is_said_only_when_nothing_else_was_said_for_a_second(pair, monkeypatch):
    ours, link = pair
    now = [100.0]
    monkeypatch.setattr("phi4.engines.wire.time.monotonic", lambda: now[0])
    link.alive()
    link.alive()
    now[0] += 2
    link.read(1, 1, 1)
    link.alive()
    now[0] += 2
    link.alive()
    assert heard(ours, link) == [{"alive": True}, {"id": 1, "read": 1, "of": 1}, {"alive": True}]


@given(st.text(alphabet=st.characters(), max_size=50))
def test_any_text_is_one_line(text):
    ours, theirs = socket.socketpair()
    link = Link({"link": theirs.detach()})
    link.piece(1, text + "가\n\u2028", [1])
    said = heard(ours, link)
    ours.close()
    link._socket.close()
    assert [line["text"] for line in said] == [text.encode("utf-8", "replace").decode() + "가\n\u2028"]
