"""``phi4 serve``: check what can be checked, then listen."""

from __future__ import annotations

import uvicorn

from phi4.chat import find_adapter, read_adapter
from phi4.errors import UsageError
from phi4.paths import find_workspace
from phi4.server.app import create_app
from phi4.server.loopback import is_loopback
from phi4.settings import Settings


def run_server(settings: Settings) -> None:
    """Serve until stopped. Raises ``UsageError`` or ``AdapterError`` before a port is opened."""
    if not is_loopback(settings.host) and not settings.api_keys.get_secret_value().strip(" ,"):
        raise UsageError(
            f"--host '{settings.host}' is reachable from other machines and no API key is set",
            "set PHI4_API_KEYS=KEY[,KEY…] in .env, or stay on 127.0.0.1",
        )
    folder = find_adapter(settings.adapter_path, find_workspace(settings.home))
    read_adapter(folder, settings.stated("model_name"))
    print(
        f"💬 http://{settings.host}:{settings.port}/api/chat  (adapter: {folder.name}; state: /api/chat/status)",
        flush=True,
    )
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_level="warning")
