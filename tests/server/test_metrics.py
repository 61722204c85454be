"""What is counted about an answer."""

from phi4.engines.protocol import Usage
from phi4.server.metrics import Metrics
from phi4.server.production import Outcome


def lines(metrics):
    return dict(line.rsplit(" ", 1) for line in metrics.text().decode().splitlines() if not line.startswith("#"))


def test_every_end_is_counted_by_its_name():
    metrics = Metrics()
    metrics.ended(Outcome("stop", usage=Usage(10, 5), first_token=0.1, total=0.5), stored=True)
    metrics.ended(Outcome("error", "engine_lost", usage=Usage(10, 0)), stored=True)
    metrics.ended(Outcome("cancelled", phase="queued"), stored=False)
    told = lines(metrics)
    assert told['phi4_answers_total{end="stop"}'] == "1.0"
    assert told['phi4_answers_total{end="engine_lost"}'] == "1.0"
    assert told['phi4_answers_stopped_total{phase="queued"}'] == "1.0"
    assert told["phi4_storage_failures_total"] == "1.0"
    assert (told["phi4_prompt_tokens_total"], told["phi4_generation_tokens_total"]) == ("20.0", "5.0")
    assert told["phi4_time_to_first_token_seconds_count"] == "1.0"
    assert float(told["phi4_inter_token_latency_seconds_sum"]) == 0.1


def test_two_servers_in_one_process_count_apart():
    one, other = Metrics(), Metrics()
    one.shed.labels("queue_full").inc()
    assert 'phi4_requests_shed_total{code="queue_full"}' in lines(one)
    assert 'phi4_requests_shed_total{code="queue_full"}' not in lines(other)
