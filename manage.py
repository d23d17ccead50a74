#!/usr/bin/env python
"""Django's commands; starts the embedded PostgreSQL first when no DATABASE_URL is given."""

import os
import sys
from pathlib import Path

from xueshi.kernel import database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    database.url(Path(__file__).resolve().parent / "var")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
