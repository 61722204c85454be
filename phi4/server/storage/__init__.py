"""What the server remembers: conversations, messages and feedback, in SQLite or PostgreSQL."""

from phi4.server.storage.conversations import Asked, Conversations, begin
from phi4.server.storage.database import Database
from phi4.server.storage.feedback import FeedbackStore

__all__ = ["Asked", "Conversations", "Database", "FeedbackStore", "begin"]
