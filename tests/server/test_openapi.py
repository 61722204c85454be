"""Requests of every shape that the OpenAPI document allows, and of many that it forbids: no 500, no surprise.

schemathesis makes them; they go to a real server on a socket, over the scripted engine.
"""

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import allow_header_conformance, positive_data_acceptance, unsupported_method

from phi4.server import make_router

REQUESTS = 40  # of each operation


def document():
    site = FastAPI(title="PHi-4", version="0")
    site.include_router(make_router())
    return site.openapi()


SURE = ["400", "401", "403", "404", "405", "409", "413", "415", "429"]  # one of these answers a wrong request
config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": SURE}}})
schema = schemathesis.openapi.from_dict(document(), config=config)
# Rules across fields ("either 'message' or 'messages'") are unknown to JSON schema; starlette's 405 names the methods
# of a path's first route only; and DELETE /api/chat/status is taken for an answer's id that is none.
NOT_OURS = [positive_data_acceptance, allow_header_conformance, unsupported_method]


@schema.parametrize()
@settings(max_examples=REQUESTS, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_that_the_document_promises(case, live, request):
    if not hasattr(request.node, "phi4_server"):
        request.node.phi4_server = live(max_per_client=100)
    case.call_and_validate(base_url=request.node.phi4_server.url, excluded_checks=NOT_OURS, timeout=60)
