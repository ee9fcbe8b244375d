"""`python -m imgsearch`: hands the arguments to the command line and its exit code to the system."""

from __future__ import annotations

import sys

from imgsearch.cli import main

if __name__ == "__main__":
    sys.exit(main())
