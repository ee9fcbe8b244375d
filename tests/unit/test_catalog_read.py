"""Feeds as shops export them: every row becomes one product or one reject with its row and reason."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imgsearch import catalog
from imgsearch.catalog import Feed
from imgsearch.errors import CatalogError

GOOGLE = (
    "id\ttitle\tdescription\tlink\timage_link\tadditional_image_link\tavailability\tprice\tsale_price\tbrand\t"
    "product_type\titem_group_id\tcolor\tmaterial\n"
    "m1\tBlue mug\tA mug\thttps://shop.example/m1\timages/m1.jpg\timages/m1b.jpg,images/m1c.jpg\tin_stock\t15.00 USD\t"
    "12.00 USD\tAda\tKitchen > Mugs\tmug\tblue\tclay\n"
    "m2\tRed mug\t\t\thttps://cdn.example/m2.jpg\t\tpreorder\t15.00 USD\t\tAda\tKitchen>Mugs\tmug\tred\tclay\n"
)


def write(folder: Path, content: str | bytes, name: str = "feed.tsv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, name: str = "feed.tsv", format: str = "auto") -> Feed:
    return catalog.read(write(folder, content, name), format)


def csv_text(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def test_google_tsv_fills_every_field(tmp_path: Path) -> None:
    feed = read(tmp_path, GOOGLE)
    first, second = feed.products
    assert (feed.format, feed.rejected, feed.warnings) == ("google", [], [])
    assert first.images == tuple(str(tmp_path / "images" / name) for name in ("m1.jpg", "m1b.jpg", "m1c.jpg"))
    assert (first.price, first.currency, first.in_stock) == (12.0, "USD", True)
    assert (first.product_id, first.group_id, first.title, first.brand) == ("m1", "mug", "Blue mug", "Ada")
    assert (first.category, first.color, first.material) == ("Kitchen > Mugs", "blue", "clay")
    assert (first.link, first.description, first.row) == ("https://shop.example/m1", "A mug", 2)
    assert second.images == ("https://cdn.example/m2.jpg",)
    assert (second.in_stock, second.category, second.price) == (False, "Kitchen > Mugs", 15.0)


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_delimiter_and_encoding_make_no_difference(
    tmp_path: Path, delimiter: str, encoding: str, line_end: str
) -> None:
    rows = [["id", "title", "image_link", "price"], ["ü1", f'Größe "M" {delimiter} Café', "ü.jpg", "1.299,00 EUR"]]
    feed = read(tmp_path, csv_text(rows, delimiter).replace("\n", line_end).encode(encoding))
    assert [(p.product_id, p.title, p.price) for p in feed.products] == [("ü1", " ".join(rows[1][1].split()), 1299.0)]
    assert feed.format == "google"


@pytest.mark.parametrize("header", ["ID,Title,Image Link", "g:id,g:title,g:image_link", " Id , TITLE,image-link"])
def test_header_spelling_makes_no_difference(tmp_path: Path, header: str) -> None:
    feed = read(tmp_path, f"{header}\n1,Mug,a.jpg\n", "feed.csv")
    assert feed.format == "google"
    assert feed.products[0].title == "Mug"


def test_a_plain_table_with_obvious_names_is_read(tmp_path: Path) -> None:
    text = "SKU;Name;Image;Category;URL;Price;Currency;Stock\n7;Vase;a.jpg;Decor;https://x.example/7;12,50;eur;0\n"
    feed = read(tmp_path, text, "products.csv")
    product = feed.products[0]
    assert feed.format == "csv"
    assert (product.product_id, product.title, product.category) == ("7", "Vase", "Decor")
    assert (product.price, product.currency, product.in_stock) == (12.5, "EUR", False)
    assert product.link == "https://x.example/7"


def test_each_bad_row_is_listed_with_its_row_id_and_reason(tmp_path: Path) -> None:
    rows = [
        ["id", "title", "image_link"],
        ["a", "Good", "a.jpg"],
        ["", "No id", "b.jpg"],
        ["c", "No picture", ""],
        ["a", "Twice", "d.jpg"],
        ["x" * 300, "Long id", "e.jpg"],
        ["f", "Bad scheme", "ftp://host/f.jpg"],
        ["g", "Too", "many", "cells"],
    ]
    feed = read(tmp_path, csv_text(rows), "feed.csv")
    assert [p.title for p in feed.products] == ["Good"]
    reasons = {r.row: (r.product_id[:1], r.reason) for r in feed.rejected}
    assert set(reasons) == {3, 4, 5, 6, 7, 8}
    assert reasons[3] == ("", "id is missing; every row needs one of its own.")
    assert reasons[5] == ("a", "id 'a' is already used in row 2; the first row wins.")
    for row, word in ((4, "no picture"), (6, "300 bytes"), (7, "ftp://host/f.jpg"), (8, "4 cells")):
        assert word in reasons[row][1]


def test_small_faults_keep_the_row_and_warn_once_a_kind(tmp_path: Path) -> None:
    rows = [["id", "title", "image_link", "price", "availability", "link"]]
    rows += [[f"p{i}", "", "a.jpg", "call us", "soon", "javascript:alert(1)"] for i in range(30)]
    feed = read(tmp_path, csv_text(rows), "feed.csv")
    assert len(feed.products) == 30
    assert len(feed.warnings) == 4
    assert all("30 rows: 2, 3, 4, 5, 6, ..." in warning for warning in feed.warnings)
    product = feed.products[3]
    assert (product.title, product.price, product.currency, product.in_stock, product.link) == (
        "p3",
        None,
        "",
        True,
        "",
    )


@pytest.mark.parametrize(
    ("price", "sale", "expected"),
    [
        ("15 USD", "12 USD", (12.0, "USD")),
        ("15 USD", "18 USD", (15.0, "USD")),
        ("15 USD", "12 EUR", (15.0, "USD")),
        ("15 USD", "12", (12.0, "USD")),
        ("15 USD", "0.00 USD", (15.0, "USD")),
        ("", "12 USD", (12.0, "USD")),
        ("", "0 USD", (None, "")),
        ("", "", (None, "")),
    ],
)
def test_the_sale_price_wins_when_it_is_lower(
    tmp_path: Path, price: str, sale: str, expected: tuple[float | None, str]
) -> None:
    feed = read(tmp_path, f"id\timage_link\tprice\tsale_price\n1\ta.jpg\t{price}\t{sale}\n")
    assert (feed.products[0].price, feed.products[0].currency) == expected


@pytest.mark.parametrize(
    ("dates", "price"),
    [
        ("2020-01-01T00:00Z/2020-02-01T00:00Z", 15.0),
        ("2026-02-24T11:00+0100 / 2026-02-24T12:59+0100", 15.0),
        ("2026-02-24T11:00+0100 / 2026-02-24T13:00+0100", 12.0),
        ("2026-02-24T12:01/2026-03-01T00:00", 15.0),
        ("2026-02-24T04:00-0800/9999-12-31T23:59-0800", 12.0),
        ("2026-02-01/2026-02-24", 12.0),
        ("2026-02-25/9999-12-31", 15.0),
        ("", 12.0),
    ],
)
def test_a_sale_counts_from_its_start_to_its_end(tmp_path: Path, dates: str, price: float) -> None:
    row = {
        "id": "1",
        "title": "Mug",
        "image_link": "a.jpg",
        "price": "15 USD",
        "sale_price": "12 USD",
        "sale_price_effective_date": dates,
    }
    noon = datetime(2026, 2, 24, 12, tzinfo=UTC)
    table = write(tmp_path, csv_text([list(row), list(row.values())]), "feed.csv")
    lines = write(tmp_path, json.dumps(row), "feed.jsonl")
    for source in (table, lines):
        feed = catalog.read(source, now=noon)
        assert (feed.products[0].price, feed.warnings) == (price, [])


def test_a_sale_whose_dates_can_not_be_read_is_left_out_with_a_note(tmp_path: Path) -> None:
    header = "id\ttitle\timage_link\tprice\tsale_price\tsale_price_effective_date\n"
    feed = read(
        tmp_path,
        header + "".join(f"{dates}\tMug\ta.jpg\t15 USD\t12 USD\t{dates}\n" for dates in ("soon", "2020-01-01")),
    )
    assert [p.price for p in feed.products] == [15.0, 15.0]
    assert len(feed.warnings) == 1
    assert "sale_price_effective_date" in feed.warnings[0]
    assert "2 rows: 2, 3" in feed.warnings[0]


def test_google_category_stands_in_and_its_number_does_not(tmp_path: Path) -> None:
    text = "id\timage_link\tproduct_type\tgoogle_product_category\n"
    text += "1\ta\tOwn\tHome > Art\n2\ta\t\tHome > Art\n3\ta\t\t632\n"
    assert [p.category for p in read(tmp_path, text).products] == ["Own", "Home > Art", ""]


def test_at_most_four_distinct_pictures_are_kept(tmp_path: Path) -> None:
    text = "id\timage_link\tadditional_image_link\n1\t0.jpg\t0.jpg,1.jpg,2.jpg,3.jpg,4.jpg,5.jpg\n"
    feed = read(tmp_path, text)
    assert [Path(i).name for i in feed.products[0].images] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert "More than 4 pictures" in feed.warnings[0]


def test_repeated_additional_columns_and_commas_in_addresses(tmp_path: Path) -> None:
    text = (
        "id\timage_link\tadditional_image_link\tadditional_image_link\n"
        "1\thttps://c.example/w_4,h_4/a.jpg\thttps://c.example/w_4,h_4/b.jpg\thttps://c.example/c.jpg\n"
        "2\tred, big.jpg\t\t\n"
    )
    first, second = read(tmp_path, text).products
    assert [i.rsplit("/", 1)[1] for i in first.images] == ["a.jpg", "b.jpg", "c.jpg"]
    assert second.images == (str(tmp_path / "red, big.jpg"),)


def test_quoted_line_breaks_do_not_start_rows(tmp_path: Path) -> None:
    text = 'id,title,image_link\n1,"Two\nlines, ""quoted""",a.jpg\n\n2,Next,b.jpg\n3,,\n'
    feed = read(tmp_path, text, "feed.csv")
    assert [(p.title, p.row) for p in feed.products] == [('Two lines, "quoted"', 2), ("Next", 4)]
    assert [r.row for r in feed.rejected] == [5]


def test_a_stray_quote_spoils_no_other_row(tmp_path: Path) -> None:
    lines = [
        "id\ttitle\timage_link",
        '1\t19" shelf\ta.jpg',
        '2\t"Best mug\tb.jpg',
        "3\tPlain\tc.jpg",
        '4\t"Quoted"\td.jpg',
    ]
    lines += [f"{i}\tMug {i}\te.jpg" for i in range(5, 400)]
    feed = read(tmp_path, "\n".join(lines))
    assert len(feed.products) == 399
    assert [p.title for p in feed.products[:4]] == ['19" shelf', '"Best mug', "Plain", "Quoted"]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_two_stray_quotes_do_not_join_the_rows_between_them(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["id", "title", "image_link", "price"],
        ["1", '"Sunny mug', "a.jpg", "10 USD"],
        ["2", "Normal mug", "b.jpg", "11 USD"],
        ["3", 'Frame 12"', "c.jpg", "12 USD"],
        ["4", 'Shelf 19"', "d.jpg", '"13 USD'],
        ["5", "Other", "e.jpg", '14"'],
    ]
    feed = read(tmp_path, "\n".join(delimiter.join(row) for row in rows), "feed.csv")
    assert [(p.product_id, p.title, p.row) for p in feed.products] == [
        (row[0], row[1], number) for number, row in enumerate(rows[1:], 2)
    ]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize(
    "text",
    [
        'Soft, warm; cosy\nred, green; blue\n\nand, last; 12" wide',
        "Size:\tL\nColour:\tblue",
        'from "A,B;C\nto D,E;F"\nand G',
    ],
)
def test_prose_of_several_lines_stays_one_cell(tmp_path: Path, delimiter: str, text: str) -> None:
    rows = [["id", "description", "image_link", "title"], ["1", text, "a.jpg", "A"], ["2", "Next", "b.jpg", text]]
    feed = read(tmp_path, csv_text(rows, delimiter), "feed.csv")
    assert [(p.product_id, p.row) for p in feed.products] == [("1", 2), ("2", 3)]
    assert feed.products[0].description == feed.products[1].title == " ".join(text.split())


def test_twenty_thousand_rows_are_read_and_all_accounted_for(tmp_path: Path) -> None:
    rows = ["id\ttitle\timage_link\tprice\tproduct_type"]
    rows += [f"p{i % 19_990}\tMug {i}\tm/{i}.jpg\t{i}.50 USD\tA > B" for i in range(20_000)]
    start = time.perf_counter()
    feed = read(tmp_path, "\n".join(rows))
    print(f"20,000 rows in {time.perf_counter() - start:.2f} s")
    assert (len(feed.products), len(feed.rejected)) == (19_990, 10)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "feed.tsv", "empty"),
        (b"PK\x03\x04rest", "feed.xlsx", "spreadsheet"),
        (b"<?xml version='1.0'?><rss/>", "feed.xml", "XML"),
        (b"\x89PNG\r\n\x1a\n", "feed.csv", "picture"),
        (b"colour,size\nred,4\n", "feed.csv", "'id' (or sku"),
        (b"id,title,image_link\n", "feed.csv", "no products"),
        (b"[{]", "feed.json", "array"),
    ],
)
def test_what_is_no_feed_gets_one_clear_sentence(tmp_path: Path, content: bytes, name: str, says: str) -> None:
    with pytest.raises(CatalogError, match=None) as caught:
        read(tmp_path, content, name)
    assert says in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_paths_and_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no file or folder"):
        catalog.read(tmp_path / "missing.tsv")
    with pytest.raises(CatalogError, match=r"unknown.*google"):
        read(tmp_path, GOOGLE, format="excel")
    with pytest.raises(CatalogError, match="expects a folder"):
        read(tmp_path, GOOGLE, format="folder")
    with pytest.raises(CatalogError, match="expects a file"):
        catalog.read(tmp_path, "google")
    with pytest.raises(CatalogError, match="Image Src"):
        read(tmp_path, GOOGLE, format="shopify")


def test_json_lines_in_googles_and_schema_orgs_names(tmp_path: Path) -> None:
    items = [
        {"id": 1, "title": "Mug", "image_link": "a.jpg", "additional_image_link": ["b.jpg"], "price": "15 USD"},
        {
            "sku": "2",
            "name": "Bowl",
            "image": [{"@type": "ImageObject", "url": "https://c.example/2.jpg"}],
            "brand": {"@type": "Brand", "name": "Ada"},
            "offers": {"price": 9.5, "priceCurrency": "EUR", "availability": "https://schema.org/OutOfStock"},
        },
    ]
    lines = [*(json.dumps(item) for item in items), "{broken", "[1]", ""]
    feed = read(tmp_path, "\n".join(lines), "feed.jsonl")
    mug, bowl = feed.products
    assert (feed.format, mug.product_id, [Path(i).name for i in mug.images]) == ("jsonl", "1", ["a.jpg", "b.jpg"])
    assert (bowl.title, bowl.brand, bowl.price, bowl.currency, bowl.in_stock) == ("Bowl", "Ada", 9.5, "EUR", False)
    assert [r.row for r in feed.rejected] == [3, 4]
    assert len(read(tmp_path, json.dumps(items), "feed.json").products) == 2


def test_a_json_number_is_no_thousands(tmp_path: Path) -> None:
    items = [
        {"price": 14.875, "currency": "USD"},
        {"offers": {"price": 12.505, "priceCurrency": "EUR"}},
        {"price": 20, "sale_price": 12.345, "currency": "USD"},
        {"price": {"value": 1299.125, "currency": "USD"}},
        {"regular_price": 1234.5},
        {"price": 0.00001},
        {"price": "1.299", "currency": "EUR"},
    ]
    lines = [json.dumps({"id": 1.125 + i, "image_link": "a.jpg", **item}) for i, item in enumerate(items)]
    feed = read(tmp_path, "\n".join(lines), "feed.jsonl")
    assert [p.price for p in feed.products] == [14.875, 12.505, 12.345, 1299.125, 1234.5, 0.00001, 1299.0]
    assert (feed.products[0].product_id, feed.products[1].currency) == ("1.125", "EUR")


def test_shopify_old_columns_fold_sizes_and_split_colours(tmp_path: Path) -> None:
    header = (
        "Handle,Title,Body (HTML),Vendor,Product Category,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
        "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Image Src,Variant Image,Status"
    )
    lines = [
        header,
        "tee,Tee,<p>Soft</p>,Ada,Apparel > Shirts,Shirts,Color,Red,tee-r,20,shopify,0,deny,https://c.example/1.jpg,https://c.example/r.jpg,active",
        "tee,,,,,,,Blue,tee-b,22,shopify,3,deny,https://c.example/2.jpg,https://c.example/b.jpg,",
        "mug,Mug,,Ada,,Mugs,Size,S,mug-s,5,,,,https://c.example/m.jpg,,active",
        "mug,,,,,,,L,mug-l,7,,,,https://c.example/m2.jpg,,",
        "old,Old,,,,,,,o,1,,,,https://c.example/o.jpg,,draft",
    ]
    feed = read(tmp_path, "\n".join(lines), "products_export.csv")
    assert feed.format == "shopify"
    shown = {p.product_id: (p.group_id, p.title, p.price, p.in_stock, p.color, len(p.images)) for p in feed.products}
    assert shown == {
        "tee-r": ("tee", "Tee", 20.0, False, "Red", 1),
        "tee-b": ("tee", "Tee", 22.0, True, "Blue", 1),
        "mug": ("mug", "Mug", 5.0, True, "", 2),
    }
    assert feed.products[0].description == "Soft"
    assert any("draft" in warning for warning in feed.warnings)


def test_shopify_new_columns(tmp_path: Path) -> None:
    text = (
        "Title,URL handle,Description,Vendor,Type,SKU,Price,Inventory tracker,Inventory quantity,Product image URL\n"
        "Vase,vase,<b>Tall</b>,Ada,Decor,v1,30.00,shopify,2,https://c.example/v.jpg\n"
    )
    feed = read(tmp_path, text, "export.csv")
    product = feed.products[0]
    assert (feed.format, product.product_id, product.price, product.category) == ("shopify", "vase", 30.0, "Decor")


def test_woocommerce_variations(tmp_path: Path) -> None:
    header = (
        "ID,Type,SKU,Name,Published,Short description,In stock?,Sale price,Regular price,Categories,Images,Parent,"
        "Brands,Attribute 1 name,Attribute 1 value(s)"
    )
    lines = [
        header,
        '1,simple,MUG,Mug,1,Nice,1,8,10,"Kitchen > Mugs, Sale","https://c.example/a.jpg, https://c.example/b.jpg",,Ada,,',
        "2,variable,HOOD,Hoodie,1,,1,,,Clothing,https://c.example/h.jpg,,Ada,Color,",
        "3,variation,HOOD-B,Hoodie - Blue,1,,0,,45,,https://c.example/hb.jpg,HOOD,,Color,Blue",
        "4,variation,HOOD-S,Hoodie - S,1,,1,,40,,,id:2,,Size,S",
        "5,simple,HID,Hidden,0,,1,,1,,https://c.example/x.jpg,,,,",
    ]
    feed = read(tmp_path, "\n".join(lines), "wc.csv")
    assert feed.format == "woocommerce"
    shown = {p.product_id: (p.group_id, p.price, p.in_stock, p.category, p.color, len(p.images)) for p in feed.products}
    assert shown == {
        "MUG": ("MUG", 8.0, True, "Kitchen > Mugs", "", 2),
        "HOOD": ("HOOD", 40.0, True, "Clothing", "", 1),
        "HOOD-B": ("HOOD", 45.0, False, "Clothing", "Blue", 1),
    }


def test_woocommerce_writes_a_values_own_comma_behind_a_backslash(tmp_path: Path) -> None:
    cells = [
        ["Type", "SKU", "Name", "Categories", "Brands", "Images", "Attribute 1 name", "Attribute 1 value(s)"],
        [
            "simple",
            "pan",
            "Pan",
            r"Kitchen\, Dining & Bar > Pans, Sale",
            r"Smith\, Sons, Other",
            r"https://c.example/w_4\,h_4/a.jpg, https://c.example/b.jpg",
            "Colour",
            r"Red\, matt",
        ],
        ["simple", "pot", "Pot", "Pots, Sale", "Ada, Other", r"a\, b.jpg, c.jpg", "", ""],
    ]
    pan, pot = read(tmp_path, csv_text(cells), "wc.csv").products
    assert (pan.category, pan.brand, pan.color) == ("Kitchen, Dining & Bar > Pans", "Smith, Sons", "Red, matt")
    assert pan.images == ("https://c.example/w_4,h_4/a.jpg", "https://c.example/b.jpg")
    assert (pot.category, pot.brand) == ("Pots", "Ada")
    assert [Path(place).name for place in pot.images] == ["a, b.jpg", "c.jpg"]


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    touch(tmp_path, "blue_mug.jpg", "Red-Vase.PNG", ".hidden.jpg", "notes.txt", "lamp/1.webp", "lamp/2.webp")
    feed = catalog.read(tmp_path)
    shown = {p.product_id: (p.title, p.category, len(p.images)) for p in feed.products}
    assert shown == {"blue_mug": ("blue mug", "", 1), "Red-Vase": ("Red Vase", "", 1), "lamp": ("lamp", "", 2)}
    assert feed.format == "folder"
    assert "1 files" in feed.warnings[0]


def test_folders_of_folders_are_categories(tmp_path: Path) -> None:
    touch(tmp_path, "mugs/blue/1.jpg", "mugs/blue/2.jpg", "mugs/plain.jpg", "soft_bags/tote/1.jpg", "mugs/plain.png")
    shown = {p.product_id: (p.category, len(p.images)) for p in catalog.read(tmp_path).products}
    assert shown == {
        "mugs/plain.jpg": ("mugs", 1),
        "mugs/plain.png": ("mugs", 1),
        "mugs/blue": ("mugs", 2),
        "soft_bags/tote": ("soft bags", 1),
    }


def calls(source: Path) -> int:
    """How many functions reading a catalog calls: what its time grows with, on any machine."""
    count = 0

    def seen(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        catalog.read(source)
    finally:
        sys.setprofile(None)
    return count


def test_twice_the_products_are_twice_the_work(tmp_path: Path) -> None:
    """Not four times: a folder of 20,000 pictures took minutes, and so did 4,000 parents with their variations."""
    for many in (100, 200):
        touch(tmp_path / f"pictures-{many}", *(f"mug-{i}.jpg" for i in range(many)))
        lines = ["ID,Type,SKU,Name,Images,Regular price,Parent"]
        for i in range(many):
            lines += [f"{i},variable,p{i},Pan,https://c.example/{i}.jpg,,", f",variation,v{i},Pan,,5,p{i}"]
        write(tmp_path, "\n".join(lines), f"variations-{many}")
    for name in ("pictures", "variations"):
        assert calls(tmp_path / f"{name}-200") < 2.5 * calls(tmp_path / f"{name}-100")


def test_a_quoted_word_at_the_start_of_a_title_is_little_more_work(tmp_path: Path) -> None:
    """It is no CSV quoting, which the first line shows; the 200 lines below it took 2 ms a row."""
    for name, title in (("plain", "Sunny mug"), ("quoted", '"Sunny" mug')):
        rows = (f"{i}\t{title}\ta.jpg" for i in range(300))
        write(tmp_path, "id\ttitle\timage_link\n" + "\n".join(rows), name)
    assert calls(tmp_path / "quoted") < 2 * calls(tmp_path / "plain")


def test_a_folder_product_keeps_four_pictures_and_says_so(tmp_path: Path) -> None:
    touch(tmp_path, *(f"mug/{i}.jpg" for i in range(7)))
    feed = catalog.read(tmp_path)
    assert len(feed.products[0].images) == 4
    assert "More than 4 pictures" in feed.warnings[0]


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    touch(tmp_path, "feed.tsv")
    with pytest.raises(CatalogError, match="no pictures in this folder"):
        catalog.read(tmp_path)
