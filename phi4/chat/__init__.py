"""The chat stage: an adapter and its base become something that answers."""

from phi4.chat.adapters import Adapter, find_adapter, read_adapter, weights_hash
from phi4.chat.chatbot import Chatbot, Reply
from phi4.chat.conversation import converse
from phi4.chat.dialogue import Dialogue, TooLong
from phi4.chat.local import open_chatbot

__all__ = [
    "Adapter",
    "Chatbot",
    "Dialogue",
    "Reply",
    "TooLong",
    "converse",
    "find_adapter",
    "open_chatbot",
    "read_adapter",
    "weights_hash",
]
