"""The page in WebKit, the engine of Safari and of every browser on an iPhone; the other tests drive Chromium.

`make soak` runs it where it finds WebKitGTK's driver (`apt install webkit2gtk-driver xvfb`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Server

pytestmark = pytest.mark.soak

DRIVER = "WebKitWebDriver"
WAIT_S = 60
LISTEN = """
window.wrong = [];
addEventListener('error', (event) => wrong.push(event.message));
addEventListener('unhandledrejection', (event) => wrong.push(String(event.reason)));
"""
ANSWERED = """
const results = document.querySelector('[data-testid=results]');
return results.getAttribute('aria-busy') === 'false' && Number(results.dataset.rev) > arguments[0];
"""
PICTURES_SHOWN = """
return [...document.querySelectorAll('dialog[open] figure img')].filter((image) => image.naturalWidth).length;
"""
GRADES = """
const matches = [...document.querySelectorAll('[data-testid=review-match]')];
return matches.map((match) => match.dataset.grade || '-').join('');
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen of its own, larger than any window below: WebKitGTK has no headless mode."""
    if not (shutil.which(DRIVER) and shutil.which("Xvfb")):
        pytest.skip("no WebKit: apt install webkit2gtk-driver xvfb")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1200x24"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as screen:
        os.close(writer)
        with os.fdopen(reader) as number:
            yield f":{number.readline().strip()}"
        screen.terminate()


@contextmanager
def _visit(display: str, server: Server, width: int, height: int) -> Iterator[Any]:
    """A driver whose page is open; at the end, nothing may have gone wrong quietly.

    MiniBrowser's window is 447 px wide at least.
    """
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    service = selenium.WebKitGTKService(shutil.which(DRIVER), env={**os.environ, "DISPLAY": display})
    options = selenium.WebKitGTKOptions()
    options.add_argument("--automation")
    driver = selenium.WebKitGTK(options=options, service=service)
    try:
        driver.set_window_size(width, height)
        driver.get(server.url)
        _until(driver, lambda: _all(driver, "body.shop-ready"))
        driver.execute_script(LISTEN)
        yield driver
        assert driver.execute_script("return window.wrong") == []
    finally:
        driver.quit()


def _until(driver: Any, true: Callable[[], Any]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(driver, WAIT_S).until(lambda _: true())


def _all(driver: Any, selector: str) -> list[Any]:
    return list(driver.find_elements("css selector", selector))


def _get(driver: Any, hook: str) -> list[Any]:
    return _all(driver, f"[data-testid={hook}]")


def _answer(driver: Any, action: Callable[[], object]) -> list[str]:
    """Do it, wait for the answer, and return the products' ids."""
    before = int(_get(driver, "results")[0].get_attribute("data-rev"))
    action()
    _until(driver, lambda: driver.execute_script(ANSWERED, before))
    return [card.get_attribute("data-product-id") for card in _get(driver, "card")]


def _drag(driver: Any, *shares: tuple[float, float]) -> None:
    """Press at the first share of the photo's sides, move over the others, and let go at the last one."""
    from selenium.webdriver import ActionChains

    driver.execute_script("document.querySelector('.frame').scrollIntoView({ block: 'center' })")
    photo = driver.execute_script("return document.querySelector('.frame').getBoundingClientRect().toJSON()")
    points = [(int(photo["x"] + x * photo["width"]), int(photo["y"] + y * photo["height"])) for x, y in shares]
    actions = ActionChains(driver)
    pointer = actions.w3c_actions.pointer_action
    pointer.move_to_location(*points[0]).pointer_down()
    for point in points[1:]:
        pointer.move_to_location(*point)
    pointer.pointer_up()
    actions.perform()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_a_shopper_taps_draws_looks_closer_and_shops_the_room(
    display: str, server: Server, room: Path, width: int, height: int
) -> None:
    with _visit(display, server, width, height) as driver:
        first = _answer(driver, lambda: _get(driver, "photo-input")[0].send_keys(str(room)))
        assert len(first) == 24 and len(_get(driver, "box")) >= 2
        other = _all(driver, "[data-testid=chip][aria-pressed=false]")[0]
        assert _answer(driver, other.click) != first
        _answer(driver, lambda: _drag(driver, (0.02, 0.03), (0.1, 0.1), (0.3, 0.4)))
        assert not _all(driver, "[data-testid=box][aria-pressed=true]"), "the visitor's own box is searched"
        driver.execute_script("document.querySelector('[data-testid=card] .open').click()")
        _until(driver, lambda: driver.execute_script(PICTURES_SHOWN) == 2)
        driver.switch_to.active_element.send_keys("\ue00c")  # Escape
        _until(driver, lambda: not _all(driver, "dialog[open]"))
        _answer(driver, _get(driver, "shop-room")[0].click)
        assert len(_get(driver, "slot")) >= 2
        wide, seen = driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen


def test_a_judge_grades_by_keys(display: str, reviewed_server: Server, no_grades: None) -> None:
    with _visit(display, reviewed_server, 1280, 900) as driver:
        _all(driver, "[role=tab][data-tab-id=review]")[0].click()
        _until(driver, lambda: len(_get(driver, "review-match")) == 10)
        for key in "1234z":
            driver.switch_to.active_element.send_keys(key)
        _until(driver, lambda: driver.execute_script(GRADES) == "ESC-------")
