"""A limit for all: never passed, whoever draws."""

import pytest

from phi4.dataset import Ceiling
from phi4.dataset.meter import Prices
from phi4.scale.till import Allowance, Till
from phi4.teachers import TeacherAnswer

ANSWER = TeacherAnswer("x", prompt_tokens=1000, completion_tokens=0)


def crew(ceiling, workers, prices=Prices()):  # noqa: B008
    till = Till(ceiling, workers)
    return [Allowance(prices, ceiling, lambda method: getattr(till, method)()) for _ in range(workers)]


@pytest.mark.parametrize("calls", [1, 7, 1000])
def test_the_workers_together_make_just_so_many_calls(calls):
    workers, made, named = crew(Ceiling(calls=calls), 3), 0, ""
    while busy := [one for one in workers if not (named := one.spent())]:
        for one in busy:
            one.count(ANSWER)
            made += 1
    assert (made, named) == (calls, f"--max-calls {calls}")


def test_money_ends_at_its_limit_but_for_the_request_that_passes_it():
    prices, ceiling = Prices(prompt=1000.0), Ceiling(cost=10.0)  # 1 a request
    workers = crew(ceiling, 2, prices)
    while busy := [one for one in workers if not one.spent()]:
        busy[0].count(ANSWER)
    assert sum(one.cost for one in workers) == pytest.approx(10.0, abs=2.0)
    assert workers[0].spent() == "--max-cost 10"


def test_what_is_under_way_counts():
    (one,) = crew(Ceiling(calls=5), 1)
    assert one.spent(4) == ""
    assert one.spent(5) == "--max-calls 5"


def test_with_money_nothing_goes_out_beside_the_first_request_until_its_price_is_known():
    (one,) = crew(Ceiling(cost=10.0), 1, Prices(prompt=1000.0))
    assert one.spent() == ""
    assert one.spent(1) == "--max-cost 10"
    one.count(ANSWER)
    assert one.spent(1) == ""


def test_without_a_limit_nothing_is_drawn():
    assert Allowance(Prices(), Ceiling()).spent(10_000) == ""
