"""``python -m xueshi``: the command line."""

import sys

from xueshi.command.line import main

sys.exit(main())
