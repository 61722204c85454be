"""For an existing FastAPI site: ``app.include_router(router)``."""

from phi4.chat import Chatbot
from phi4.server import router

__all__ = ["Chatbot", "router"]
