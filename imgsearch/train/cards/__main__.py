"""`python -m imgsearch.train.cards`"""

from __future__ import annotations

import sys

from imgsearch.train.cards.command import main

if __name__ == "__main__":
    sys.exit(main())
