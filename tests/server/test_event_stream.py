"""Real sockets: readers that leave, stall, half-close and come back; every end is one end, every slot comes back."""

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time

import httpx
import pytest

from phi4.chat_format import answer_text
from phi4.engines.scripted import Pace
from phi4.server import event_stream as module
from tests.server.conftest import events, until

SLOW = {"queued": Pace(token=0.05), "prompt": Pace(prompt=20.0), "generating": Pace(token=0.05)}
LONG = answer_text(["하나입니다."] * 20, "답입니다. " * 20)


def raw(live, stream, **more):
    """A request as bytes on a socket of its own, without waiting for the answer."""
    body = json.dumps({"message": "가", "stream": stream, **more}).encode()
    connection = socket.create_connection(("127.0.0.1", live.port))
    head = "POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
    connection.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def leave(connection, how):
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half":
        connection.shutdown(socket.SHUT_WR)
    else:
        connection.close()


def is_busy(live):
    return live.queue["running"] > 0


def reach(live, engine, phase, stream):
    """A request that is in ``phase``, on its socket."""
    engine.text, engine.pace = LONG, SLOW[phase]
    if phase != "queued":
        connection = raw(live, stream)
        if phase == "prompt":
            until(lambda: len(engine._tasks) == 1)
        else:
            told = live.service.answering._answers
            until(lambda: any(event.kind == "reasoning" for answer in told.values() for event in answer._events))
        return connection
    blockers = [raw(live, True) for _ in range(4)]
    until(lambda: live.queue["running"] == 4)
    connection = raw(live, stream)
    until(lambda: live.queue["waiting"] == 1)
    return connection, blockers


@pytest.mark.parametrize("how", ["close", "reset", "half"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "json"])
@pytest.mark.parametrize("phase", ["prompt", "generating"])
def test_a_visitor_who_leaves_frees_the_slot_within_a_second(live, engine, phase, stream, how):
    server = live()
    connection = reach(server, engine, phase, stream)
    assert is_busy(server)
    leave(connection, how)
    assert until(lambda: not is_busy(server)) < 1.0
    assert until(lambda: not engine._tasks) < 1.0, "the engine works on"
    connection.close()


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "json"])
def test_a_visitor_who_leaves_the_queue_frees_the_place_within_a_second(live, engine, stream):
    server = live()
    connection, blockers = reach(server, engine, "queued", stream)
    leave(connection, "close")
    assert until(lambda: server.queue["waiting"] == 0) < 1.0
    assert server.queue["running"] == 4, "nobody else was stopped"
    assert len(engine.asked) == 4, "the engine never heard of it"
    for blocker in blockers:
        blocker.close()
    assert until(lambda: not is_busy(server)) < 1.0


@pytest.mark.parametrize("phase", ["queued", "prompt", "generating"])
def test_delete_stops_an_answer_in_every_phase_with_one_end(live, engine, phase):
    server = live()
    engine.text, engine.pace = LONG, SLOW[phase]
    with httpx.Client(base_url=server.url, timeout=20) as client:
        blockers = [raw(server, True) for _ in range(4)] if phase == "queued" else []
        until(lambda: server.queue["running"] == len(blockers))
        with client.stream("POST", "/api/chat", json={"message": "가", "stream": True}) as answer:
            text, stopped_at = "", None
            for piece in answer.iter_text():
                text += piece
                told = events(text)
                if stopped_at is None and told and (phase != "generating" or told[-1][1] == "reasoning"):
                    stopped_at = time.monotonic()
                    assert client.delete(f"/api/chat/{told[0][2]['id']}").status_code == 204
        assert time.monotonic() - stopped_at < 1.0
    told = events(text)
    assert [kind for _, kind, _ in told].count("done") == 1
    assert told[-1][2]["finish_reason"] == "cancelled"
    for blocker in blockers:
        blocker.close()
    assert until(lambda: not is_busy(server)) < 1.0


def test_a_resumable_answer_goes_on_without_its_reader_and_is_read_to_the_end(live, engine):
    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.005)
    with httpx.Client(base_url=server.url, timeout=20) as client:
        client.get("/api/conversations")
        with client.stream("POST", "/api/chat", json={"message": "가", "stream": True, "resumable": True}) as answer:
            text = ""
            for piece in answer.iter_text():
                text += piece
                if "event: reasoning" in text and text.endswith("\n\n"):
                    break
        first = events(text)
        again = client.get(f"/api/chat/{first[0][2]['id']}/stream", headers={"last-event-id": str(first[-1][0])})
    rest = events(again.text)
    assert rest[-1][1] == "done"
    whole = "".join(data["delta"] for _, kind, data in first + rest if kind == "content")
    assert whole == rest[-1][2]["answer"] == ("답입니다. " * 20).strip()


def test_a_slow_reader_delays_nobody_and_is_given_up(live, engine, monkeypatch):
    monkeypatch.setattr(module, "SEND_SECONDS", 0.3)
    server = live()
    engine.text = answer_text(["하나"], "가나다라마바사 " * 60)
    frozen = [raw(server, True) for _ in range(2)]  # they never read
    with httpx.Client(base_url=server.url, timeout=10) as client:
        for _ in range(3):
            assert client.post("/api/chat", json={"message": "가"}).status_code == 200
    assert until(lambda: not is_busy(server)) < 2.0
    for connection in frozen:
        connection.close()


def test_a_reader_that_takes_nothing_is_gone_after_a_while(monkeypatch):
    monkeypatch.setattr(module, "SEND_SECONDS", 0.05)
    from phi4.server.answers import Answer

    async def scene():
        answer, stopped = Answer("me"), []
        answer.on_stop = lambda: stopped.append(1)
        answer.tell("start", {})

        async def stuck(message):
            await asyncio.Event().wait()

        await asyncio.wait_for(module.EventStream(answer)({}, asyncio.Event().wait, stuck), 2)
        return stopped

    assert asyncio.run(scene()) == [1]


def test_silence_is_broken_by_pings(live, engine, monkeypatch):
    monkeypatch.setattr(module, "PING_SECONDS", 0.05)
    server = live()
    engine.pace = Pace(token=0.2)
    body = {"message": "가", "stream": True, "max_tokens": 3}
    assert "\n: ping\n\n" in httpx.post(f"{server.url}/api/chat", json=body, timeout=20).text


def test_200_connections_at_once_each_get_an_answer_or_are_told_when_to_come_back(live, engine):
    server = live(max_per_client=500)
    engine.pace = Pace(token=0.002)

    async def crowd():
        limits = httpx.Limits(max_connections=220)
        async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:

            async def one(number):
                body = {"message": f"{number}", "stream": number % 2 == 0}
                return await client.post("/api/chat", json=body)

            async def ask_the_status():
                waits = []
                while len(waits) < 40:
                    start = time.monotonic()
                    assert (await client.get("/api/chat/status")).status_code == 200
                    waits.append(time.monotonic() - start)
                return waits

            return await asyncio.gather(ask_the_status(), *map(one, range(200)))

    waits, *answers = asyncio.run(crowd())
    codes = {answer.status_code for answer in answers}
    assert codes <= {200, 503}
    assert sum(answer.status_code == 200 for answer in answers) >= 20
    for answer in answers:
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1
            assert answer.json()["error"]["code"] == "queue_full"
        elif answer.headers["content-type"].startswith("text/event-stream"):
            assert [kind for _, kind, _ in events(answer.text)][-1] == "done"
    assert server.queue == {"running": 0, "waiting": 0, "limit": 16}
    assert max(waits) < 5.0


def test_an_engine_that_dies_ten_times_under_load_ends_every_answer_once(live, engine):
    server = live(max_per_client=500, max_waiting=100)
    engine.text, engine.pace = LONG, Pace(token=0.002)
    ends, over = [], threading.Event()

    def ask():
        with httpx.Client(base_url=server.url, timeout=30) as client:
            while not over.is_set():
                answer = client.post("/api/chat", json={"message": "가", "stream": True})
                if answer.status_code == 503:
                    assert int(answer.headers["retry-after"]) >= 1
                    time.sleep(0.01)
                    continue
                kinds = [kind for _, kind, _ in events(answer.text)]
                assert sum(kind in ("done", "error") for kind in kinds) == 1
                ends.append(events(answer.text)[-1])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        until(lambda: is_busy(server) and server.service.status().state == "ready", 20)
        engine.held = True
        server.on_loop(engine.lose)
        assert server.service.status().state == "degraded"
        engine.held = False
        until(lambda: server.service.status().state == "ready")
    over.set()
    for thread in threads:
        thread.join(30)
    lost = [data for _, kind, data in ends if kind == "error"]
    assert lost
    assert all(data["code"] in ("engine_lost", "not_ready") and data["retryable"] for data in lost)
    assert server.service.status().restarts == 10
    assert not is_busy(server)
    with httpx.Client(base_url=server.url, timeout=30) as client:
        assert client.post("/api/chat", json={"message": "가"}).status_code == 200


def test_a_body_that_comes_in_drops_or_never_ends_harms_nobody(live):
    server = live()
    stuck = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    for connection in stuck:
        connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
        connection.sendall(b"Content-Length: 30\r\n\r\n{")
    assert httpx.post(f"{server.url}/api/chat", json={"message": "가"}, timeout=10).status_code == 200
    for connection in stuck:
        connection.close()


def test_a_body_without_a_length_is_cut_off_at_the_limit(live):
    server = live()

    def endless():
        for _ in range(200):
            yield b" " * 10_000

    with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        headers = {"content-type": "application/json"}
        answer = httpx.post(f"{server.url}/api/chat", content=endless(), headers=headers, timeout=10)
        assert answer.status_code == 413
    assert httpx.get(f"{server.url}/livez").status_code == 200
