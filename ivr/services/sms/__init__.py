"""Text messages to callers: counted, sent once, by the backend that is set up; a backend is a module named after it."""

from .sender import SmsSender
from .service import Messages, Rules, open_messages

__all__ = ["Messages", "Rules", "SmsSender", "open_messages"]
