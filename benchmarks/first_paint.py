"""How soon the page is there: first paint and first use, by the browser's own clock.

    python benchmarks/first_paint.py http://127.0.0.1:7860/ [visits]

Every visit is a new browser profile, so nothing is cached. `usable` is when the shop's page can take a photo.
"""

from __future__ import annotations

import json
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
NOW = "() => performance.now()"
BYTES = "() => performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize ?? 0), 0)"


def visit(browser: Browser, url: str) -> tuple[float, float, int]:
    """First contentful paint and first use in ms after the navigation began, and the bytes that came."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body.shop-ready .welcome button")
    usable_ms = float(page.evaluate(NOW))
    figures = (float(page.evaluate(PAINT)), usable_ms, int(page.evaluate(BYTES)))
    context.close()
    return figures


def main(url: str, visits: int) -> None:
    """Print the medians as JSON."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        visit(browser, url)  # the server's first one reads its files
        paint_ms, usable_ms, size = zip(*(visit(browser, url) for _ in range(visits)), strict=True)
        browser.close()
    figures = {"visits": visits, "first_paint_ms": round(statistics.median(paint_ms))}
    figures |= {"usable_ms": round(statistics.median(usable_ms)), "encoded_kib": round(statistics.median(size) / 1024)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7)
