"""``phi4 serve``: check what can be checked, then listen."""

from __future__ import annotations

import logging

import uvicorn

from phi4.errors import UsageError
from phi4.server.access import words
from phi4.server.app import create_app
from phi4.server.loopback import is_loopback
from phi4.server.model import asked_adapter
from phi4.settings import Settings

GOODBYE_SECONDS = 10  # for answers that are being read when the server is stopped


def run_server(settings: Settings) -> None:
    """Serve until stopped. Raises ``UsageError`` or ``AdapterError`` before a port is opened."""
    if not is_loopback(settings.host) and not words(settings.api_keys.get_secret_value()):
        raise UsageError(
            f"--host '{settings.host}' is reachable from other machines and no API key is set",
            "set PHI4_API_KEYS=KEY[,KEY…] in .env, or stay on 127.0.0.1",
        )
    adapter = asked_adapter(settings)
    app = create_app(settings)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("phi4").setLevel(logging.INFO)
    print(
        f"💬 http://{settings.host}:{settings.port}/  (adapter: {adapter.name}; API: /api/chat, /api/chat/status)",
        flush=True,
    )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=GOODBYE_SECONDS,
        server_header=False,
    )
