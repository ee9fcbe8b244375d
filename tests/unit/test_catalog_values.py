"""What shops write in cells: prices, availability, categories, links, lists of pictures."""

from __future__ import annotations

import pytest

from imgsearch.catalog import common


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("15.00 USD", 15.0, "USD"),
        ("USD 15", 15.0, "USD"),
        ("15", 15.0, ""),
        ("1.299,00 EUR", 1299.0, "EUR"),
        ("1,299.00 USD", 1299.0, "USD"),
        ("1 299,00 €", 1299.0, "EUR"),
        ("1'299.50 CHF", 1299.5, "CHF"),
        ("1.299.000 IDR", 1299000.0, "IDR"),
        ("1,29,999.00 INR", 129999.0, "INR"),
        ("1,299 JPY", 1299.0, "JPY"),
        ("1.299 EUR", 1299.0, "EUR"),
        ("1.299 KWD", 1.299, "KWD"),
        ("0.999 USD", 0.999, "USD"),
        ("12,5 EUR", 12.5, "EUR"),
        ("$15.99", 15.99, "USD"),
        ("£ 3", 3.0, "GBP"),
        ("0 USD", 0.0, "USD"),
        ("١٢ EGP", 12.0, "EGP"),
        ("15.00\u00a0eur", 15.0, "EUR"),
    ],
)
def test_a_price_is_understood_as_written(written: str, amount: float, currency: str) -> None:
    assert common.price(written) == (pytest.approx(amount), currency)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "free",
        "USD",
        "-5 USD",
        "USD 5 EUR",
        "5 to 10 USD",
        "1.2.3,4.5",
        "nan",
        "inf USD",
        "1e5 USD",
        "9" * 400,
    ],
)
def test_what_is_no_price_is_none(written: str) -> None:
    assert common.price(written) is None


@pytest.mark.parametrize(
    "word", ["in_stock", "In Stock", "IN-STOCK", "instock", "true", "12", "http://schema.org/InStock"]
)
def test_words_for_in_stock(word: str) -> None:
    assert common.in_stock(word) is True


@pytest.mark.parametrize(
    "word", ["out_of_stock", "out of stock", "preorder", "Pre-Order", "backorder", "0", "-1", "sold out"]
)
def test_what_can_not_be_had_now_is_not_in_stock(word: str) -> None:
    assert common.in_stock(word) is False


def test_an_unknown_availability_is_neither() -> None:
    assert common.in_stock("soon") is None


def test_text_is_one_clean_line_and_keeps_markup_as_text() -> None:
    assert common.text(' <script>alert("x")</script>\x00\n\tMug ') == '<script>alert("x")</script> Mug'
    assert common.text("a\ud800b").encode() == b"a?b"
    assert common.text("שלום  עולם") == "שלום עולם"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//host/x", "/page", "http://", "http://[::1", ""]
)
def test_only_web_addresses_become_links(link: str) -> None:
    assert common.web_link(link) == ""


def test_category_levels_are_joined_one_way() -> None:
    assert common.category(" Home>Kitchen &  Dining > > Mugs>") == "Home > Kitchen & Dining > Mugs"


def test_html_descriptions_become_what_a_reader_sees() -> None:
    assert common.html_text("<p>A&nbsp;b</p><ul><li>c<li>d</ul><style>p{}</style>") == "A b c d"
    assert common.html_text("3 < 4") == "3 < 4"
