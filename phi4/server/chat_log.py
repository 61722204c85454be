"""Questions and answers in the log, only where the operator asked for it (``PHI4_LOG_CHATS``)."""

from __future__ import annotations

import logging

log = logging.getLogger("phi4.server.chats")


class ChatLog:
    """Silent unless switched on."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def asked(self, answer_id: str, question: str) -> None:
        """A question came in."""
        if self._wanted:
            log.info("%s question: %r", answer_id, question)

    def answered(self, answer_id: str, answer: str) -> None:
        """Its answer is out."""
        if self._wanted:
            log.info("%s answer: %r", answer_id, answer)
