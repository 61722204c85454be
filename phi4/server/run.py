"""``phi4 serve``: check what can be checked, then listen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

import uvicorn

from phi4.errors import UsageError
from phi4.server.access import words
from phi4.server.app import create_app
from phi4.server.engine import CONTEXT, check_room
from phi4.server.loopback import is_loopback
from phi4.server.model import asked_adapter
from phi4.server.service import ChatService
from phi4.settings import Settings

GOODBYE_SECONDS = 10  # for answers that are being read when the server is stopped


def run_server(settings: Settings) -> None:
    """Serve until stopped. Raises ``UsageError`` or ``AdapterError`` before a port is opened."""
    if not is_loopback(settings.host) and not words(settings.api_keys.get_secret_value()):
        raise UsageError(
            f"--host '{settings.host}' is reachable from other machines and no API key is set",
            "set PHI4_API_KEYS=KEY[,KEY…] in .env, or stay on 127.0.0.1",
        )
    if not settings.engine.startswith("openai:"):  # what that holds is known when it answers
        check_room(settings, CONTEXT)
    adapter = asked_adapter(settings)
    app = create_app(settings)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("phi4").setLevel(logging.INFO)
    with listen(settings.host, settings.port) as door:
        host, port = f"[{settings.host}]" if ":" in settings.host else settings.host, door.getsockname()[1]
        print(f"💬 http://{host}:{port}/  (adapter: {adapter.name}; API: /api/chat, /api/chat/status)", flush=True)
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=GOODBYE_SECONDS + 5, server_header=False
        )
        with contextlib.suppress(KeyboardInterrupt):  # the ordinary end of a server on a terminal
            PoliteServer(config, app.state.phi4).run([door])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0: on any free one. Raises ``UsageError``."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            f"choose another port (phi4 serve --port {port + 1 if port < 65535 else 8000}) or end what listens there",
        ) from error


class PoliteServer(uvicorn.Server):
    """Ends answers that are still being written with an event of their own, before it cuts connections."""

    def __init__(self, config: uvicorn.Config, service: ChatService) -> None:
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        goodbye = asyncio.create_task(self._say_goodbye())
        await super().shutdown(sockets)
        goodbye.cancel()

    async def _say_goodbye(self) -> None:
        await asyncio.sleep(GOODBYE_SECONDS)
        await self._service.answering.stop()
