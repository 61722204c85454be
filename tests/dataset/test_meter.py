"""What a run costs, and when it stops by itself."""

import pytest

from phi4.dataset.meter import Ceiling, Circuit, Meter, Prices, Usage, cost_of, with_usage
from phi4.errors import TeacherFailed, TeacherRefused, TeacherUnavailable, UsageError
from phi4.teachers import TeacherAnswer

ANSWER = TeacherAnswer(text="{}", finish_reason="stop", prompt_tokens=1000, completion_tokens=200, seconds=1.0)


def test_tokens_cost_what_a_million_of_them_costs():
    assert cost_of(1_000_000, 500_000, Prices(prompt=3.0, completion=10.0)) == 8.0


def test_a_meter_counts_every_answer():
    meter = Meter(Prices(prompt=1.0, completion=5.0))
    for _ in range(3):
        meter.count(ANSWER)
    assert (meter.calls, meter.prompt_tokens, meter.completion_tokens) == (3, 3000, 600)
    assert meter.cost == pytest.approx(0.006)


@pytest.mark.parametrize(
    ("ceiling", "calls", "told"),
    [
        (Ceiling(), 100, ""),
        (Ceiling(calls=2), 1, ""),
        (Ceiling(calls=2), 2, "--max-calls 2"),
        (Ceiling(cost=0.002), 1, "--max-cost 0.002"),
        (Ceiling(cost=0.0021), 1, ""),
    ],
)
def test_a_limit_is_named_when_it_is_reached(ceiling, calls, told):
    meter = Meter(Prices(prompt=1.0, completion=5.0), ceiling)
    for _ in range(calls):
        meter.count(ANSWER)
    assert meter.spent() == told


def test_requests_under_way_are_reckoned_with_as_dear_as_the_dearest():
    meter = Meter(Prices(prompt=1.0, completion=5.0), Ceiling(cost=0.01))
    assert meter.spent(1), "what a request costs is not known yet: one at a time"
    assert not meter.spent(0)
    meter.count(ANSWER)
    assert not meter.spent(3)
    assert meter.spent(4) == "--max-cost 0.01"


def test_an_answer_without_a_count_of_tokens_is_counted_by_its_length():
    counted = with_usage(TeacherAnswer("가" * 100), 1000)
    assert (counted.prompt_tokens, counted.completion_tokens, counted.estimated) == (700, 70, True)
    assert with_usage(ANSWER, 1000) is ANSWER
    meter = Meter(Prices(prompt=1.0), Ceiling(cost=0.001))
    for _ in range(2):
        meter.count(counted)
    assert (meter.estimated, meter.spent()) == (2, "--max-cost 0.001")


def test_a_meter_tells_tokens_and_what_is_paid_for_them():
    free, paid = Meter(), Meter(Prices(prompt=1.0, completion=5.0))
    for meter in (free, paid):
        meter.count(ANSWER)
    assert (free.told(), paid.told()) == ("1,200 tokens", "1,200 tokens · cost 0.002")


def test_a_limit_of_cost_without_a_price_is_refused_since_nothing_would_reach_it():
    with pytest.raises(UsageError, match=r"--max-cost 5 without a price") as caught:
        Meter(ceiling=Ceiling(cost=5.0))
    assert "--price-prompt" in caught.value.hint


def test_what_others_asked_prices_what_is_under_way():
    meter = Meter(Prices(prompt=1000.0), Ceiling(cost=10.0))
    meter.add(Usage(calls=9, prompt_tokens=9000))
    assert meter.dearest == 1.0
    assert meter.spent() == ""
    assert meter.spent(1) == "--max-cost 10"


def test_a_limit_that_somebody_else_met_is_met():
    meter = Meter()
    assert meter.spent() == ""
    meter.reached = "--max-calls 9"
    assert meter.spent() == "--max-calls 9"


def failing(circuit, times):
    for _ in range(times):
        circuit.failed(TeacherFailed("HTTP 500"))


def test_five_failures_in_a_row_stop_the_run_with_the_reason():
    circuit = Circuit()
    failing(circuit, 4)
    with pytest.raises(TeacherUnavailable, match=r"5 requests in a row failed: HTTP 500"):
        failing(circuit, 1)


def test_more_than_half_of_the_first_twenty_stop_the_run():
    circuit = Circuit()
    for _ in range(5):
        failing(circuit, 2)
        circuit.succeeded()
    with pytest.raises(TeacherUnavailable, match=r"11 of the first 16 failed"):
        failing(circuit, 1)


def refusing(circuit, times):
    for _ in range(times):
        circuit.failed(TeacherRefused("HTTP 400: too long"))


def test_requests_that_are_refused_for_what_they_ask_do_not_stop_a_run_that_goes_well():
    circuit = Circuit()
    for _ in range(15):
        circuit.succeeded()
    refusing(circuit, 28)
    failing(circuit, 4)
    refusing(circuit, 1)
    with pytest.raises(TeacherUnavailable, match="34 requests in a row failed: HTTP 500"):
        failing(circuit, 1)


def test_a_teacher_that_comes_to_refuse_everything_stops_the_run():
    circuit = Circuit()
    for _ in range(40):
        circuit.succeeded()
    refusing(circuit, 29)
    circuit.succeeded()
    refusing(circuit, 29)
    with pytest.raises(TeacherUnavailable, match="30 requests in a row failed: HTTP 400"):
        refusing(circuit, 1)


def test_a_teacher_that_refuses_everything_is_left_alone_early():
    circuit = Circuit()
    refusing(circuit, 10)
    with pytest.raises(TeacherUnavailable, match=r"11 of the first 11 failed: HTTP 400"):
        refusing(circuit, 1)


def test_single_failures_later_on_do_not():
    circuit = Circuit()
    for _ in range(50):
        circuit.succeeded()
        failing(circuit, 1)
    failing(circuit, 3)
