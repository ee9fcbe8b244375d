"""The QR code: for addresses that a phone in the same network can use, and no others."""

from __future__ import annotations

import pytest

from imgsearch.ui import phone


@pytest.mark.parametrize(
    ("address", "host", "expected"),
    [
        ("http://192.168.1.20:7860/", "0.0.0.0", "http://192.168.1.20:7860/"),
        ("http://localhost:7860/", "192.168.1.20", "http://192.168.1.20:7860/"),
        ("https://10.0.0.5/shop/?product=x#y", "0.0.0.0", "https://10.0.0.5/shop/"),
    ],
)
def test_a_page_in_a_local_network_has_a_code(address: str, host: str, expected: str) -> None:
    """Of the plain address; a page that was opened as localhost gets the one it is bound to."""
    made = phone.code(address, host)
    assert made["address"] == expected
    assert made["picture"].startswith("data:image/svg+xml")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:7860/", "http://127.0.0.1/", "http://0.0.0.0:7860/", "https://shop.example.com/",
        "http://8.8.8.8/", "javascript:alert(1)", "http://192.168.1.2@evil.example/", "http://u:p@192.168.1.2/",
        "http://[::1", "http://192.168.1.2:99999999/", "x" * 400, "", None, 7, ["http://192.168.1.2/"],
    ],
)  # fmt: skip
def test_no_code_where_a_phone_would_not_get_there(address: object) -> None:
    """This machine's own names, public addresses, and what is no address."""
    assert phone.code(address, "127.0.0.1") == {}
