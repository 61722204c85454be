"""The server stage: the chatbot over HTTP, in the manual's two endpoints and OpenAI's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phi4.server.app import chat_router, create_app, make_router

if TYPE_CHECKING:
    from phi4.settings import Settings

__all__ = ["chat_router", "create_app", "make_router", "serve_forever"]


def serve_forever(settings: Settings) -> None:
    """Serve until stopped. Raises ``AdapterError`` or ``UsageError`` before listening."""
    from phi4.server.run import run_server

    run_server(settings)
