"""For an existing FastAPI site: ``site.include_router(chat_router)``; the router brings its own lifespan."""

from phi4.chat import Chatbot
from phi4.server import chat_router, make_router

router = chat_router  # the name of the first version

__all__ = ["Chatbot", "chat_router", "make_router", "router"]
