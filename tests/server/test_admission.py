"""Places: who runs, who waits, who is sent away."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.server.admission import Admission
from phi4.server.failures import Busy, OverShare


def test_slots_run_the_rest_waits_in_order():
    async def scene():
        admission = Admission(slots=1, max_waiting=5, max_per_client=9)
        tickets = [admission.enter("a") for _ in range(3)]
        told = [[] for _ in tickets]

        async def wait(number):
            async for place in tickets[number].places():
                told[number].append(place)
            told[number].append(0)

        waits = [asyncio.create_task(wait(number)) for number in range(3)]
        for ticket in tickets:
            await asyncio.sleep(0)
            ticket.leave()
        await asyncio.gather(*waits)
        return told

    assert asyncio.run(scene()) == [[0], [1, 0], [2, 1, 0]]


def test_a_full_queue_sends_away_and_says_when_to_come_back():
    admission = Admission(1, 1, 9)
    admission.enter("a")
    admission.enter("b")
    with pytest.raises(Busy) as caught:
        admission.enter("c")
    assert 1 <= caught.value.retry_after <= 60
    assert caught.value.status == 503


def test_a_client_has_its_share_and_no_more():
    admission = Admission(2, 9, 3)
    mine = [admission.enter("a") for _ in range(3)]
    with pytest.raises(OverShare) as caught:
        admission.enter("a")
    assert caught.value.status == 429
    admission.enter("b")
    mine[0].leave()
    admission.enter("a")


def test_leaving_the_queue_or_a_slot_frees_exactly_one_place():
    admission = Admission(1, 2, 9)
    first, second, third = (admission.enter("a") for _ in range(3))
    second.leave()
    second.leave()
    assert (admission.running, admission.waiting) == (1, 1)
    first.leave()
    assert (admission.running, admission.waiting) == (1, 0)
    assert admission.place(third) == 0


def test_no_place_to_wait_still_lets_the_slots_run():
    admission = Admission(2, 0, 9)
    admission.enter("a")
    admission.enter("a")
    with pytest.raises(Busy):
        admission.enter("a")


def test_durations_are_measured_by_a_clock_that_never_jumps(monkeypatch):
    admission = Admission(1, 4, 9)
    monkeypatch.setattr("time.time", lambda: -1e9)
    admission.enter("a").leave()
    assert admission.wait_seconds() == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=40))
def test_whatever_happens_the_limits_hold(moves):
    admission = Admission(2, 3, 4)
    inside = []
    for enters, number in moves:
        if enters:
            try:
                inside.append(admission.enter(f"client {number}"))
            except (Busy, OverShare):
                assert admission.running + admission.waiting > 0
        elif inside:
            inside.pop(number % len(inside)).leave()
        assert admission.running == min(len(inside), 2)
        assert admission.waiting == len(inside) - admission.running <= 3
    for ticket in inside:
        ticket.leave()
    assert (admission.running, admission.waiting, admission._of_client) == (0, 0, {})
