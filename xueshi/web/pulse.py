"""Heartbeats and answer saves: bare ASGI, signed ticket, group commit, nothing else."""

from typing import Any

Scope = dict[str, Any]


def beside(pages: Any) -> Any:
    """An ASGI application that answers the pulse itself and hands every other path to `pages`."""
    return pages
