"""Makes `docs/screenshot.webp`: the Shop tab of a running page with a photo of the demo and a thing picked in it.

    python app.py &
    python docs/screenshot.py http://127.0.0.1:7860

Needs requirements-dev.txt and Chromium. Knows the page's `data-testid`s alone. Picks the first box of a sofa.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
PHOTO = DOCS.parent / "assets" / "demo" / "photos" / "living-1.webp"
CHROMIUM = os.environ.get("IMGSEARCH_TEST_CHROMIUM") or "/usr/bin/chromium"


def main(address: str) -> None:
    """Take the picture, 1280 x 860 px, and write it."""
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light", locale="en-GB")
        page.goto(address)
        page.locator("[data-testid=sample]").first.wait_for(timeout=180_000)  # a first start prepares the demo
        page.locator("input[type=file]").first.set_input_files(PHOTO)
        sofa = page.locator("[data-testid=chip]", has_text="Sofa").first
        sofa.click(timeout=60_000)
        page.wait_for_selector("[data-testid=results][aria-busy=false] [data-testid=card]")
        page.wait_for_timeout(2000)  # pictures of the cards, and the marking of the box, fade in
        Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(DOCS / "screenshot.webp", quality=82, method=6)
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860")
