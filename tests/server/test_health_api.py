"""Alive, ready, measured, described."""

from tests.server.conftest import visitor, wait_for


def test_alive_is_not_ready(make_app, engine):
    engine.held = True
    with visitor(make_app()) as client:
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 503
        engine.held = False
        wait_for(client, "ready")
        assert client.get("/readyz").json() == {"status": "ready"}
        engine._become("degraded")
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200


def test_prometheus_can_read_the_metrics(client):
    from prometheus_client.parser import text_string_to_metric_families

    client.post("/api/chat", json={"message": "가"})
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    values = {
        sample.name: sample.value for family in text_string_to_metric_families(answer.text) for sample in family.samples
    }
    assert values["phi4_answers_total"] == 1
    assert values["phi4_time_to_first_token_seconds_count"] == 1
    assert values["phi4_generation_tokens_total"] > 1
    assert values["phi4_model_ready"] == 1
    assert values["phi4_requests_running"] == 0
    assert values["phi4_engine_restarts"] == 0


def test_the_api_describes_itself_without_a_page_from_elsewhere(client):
    described = client.get("/openapi.json").json()
    assert {"/api/chat", "/api/chat/status", "/v1/chat/completions"} <= set(described["paths"])
    assert client.get("/docs").status_code == 404
