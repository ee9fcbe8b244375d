"""Starts the page: settings -> shop -> page -> server. Also the entry of a Hugging Face Space."""

from __future__ import annotations

import sys

from imgsearch.config import Settings, quiet_libraries
from imgsearch.errors import ImgSearchError


def main() -> int:
    """Serve the page; 2 when the user can fix what went wrong."""
    quiet_libraries()
    try:
        settings = Settings.from_env()
        from imgsearch.ui.app import launch

        launch(settings)
    except ImgSearchError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
