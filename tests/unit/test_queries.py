"""Truth files: the form, its conditions, and what is said about rows that are not in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch import queries
from imgsearch.errors import CatalogError, QueryError
from imgsearch.records import Product

PRODUCTS = [
    Product("mug-1", "Mug", ("mug.png",), category="Home > Kitchen > Mugs"),
    Product("mug-2", "Mug", ("mug2.png",), category="Home > Kitchen > Mugs"),
    Product("bowl-1", "Bowl", ("bowl.png",), category="Home > Kitchen > Bowls"),
    Product("mugshelf", "Shelf", ("shelf.png",), category="Home > Kitchen > Mugs and more"),
]


def truth(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_query_with_its_box_and_its_products(tmp_path: Path) -> None:
    path = truth(tmp_path, "image,relevant,x1,y1,x2,y2,visible\nroom/a.jpg,mug-1|mug-2,1,2,30,40.5,0.9\n")
    query = queries.read(path, PRODUCTS)[0]
    assert query.image == tmp_path / "room" / "a.jpg"
    assert query.box is not None
    assert query.box.xyxy == (1, 2, 30, 40.5)
    assert query.relevant == {"mug-1", "mug-2"}
    assert query.row == 2


def test_a_category_means_itself_and_what_lies_below_it_but_not_its_namesakes(tmp_path: Path) -> None:
    path = truth(tmp_path, "image,relevant_category\na.jpg,Home > Kitchen > Mugs\nb.jpg,Home > Kitchen\n")
    mugs, kitchen = queries.read(path, PRODUCTS)
    assert mugs.relevant == {"mug-1", "mug-2"}
    assert kitchen.relevant == {"mug-1", "mug-2", "bowl-1", "mugshelf"}
    assert mugs.box is None


def test_a_byte_order_mark_and_quoted_cells_are_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_bytes('\ufeffimage,relevant\n"a, b.jpg","mug-1"\n'.encode())
    assert queries.read(path, PRODUCTS)[0].image.name == "a, b.jpg"


def test_a_condition_keeps_the_rows_that_satisfy_all_of_it(tmp_path: Path) -> None:
    path = truth(
        tmp_path,
        "image,relevant,visible,room\na.jpg,mug-1,0.9,kitchen\nb.jpg,mug-1,0.5,wet bath\nc.jpg,mug-1,,kitchen\n"
        "d.jpg,mug-1,0.49,kitchen\n",
    )

    def names(where: str) -> list[str]:
        return [query.image.name for query in queries.read(path, PRODUCTS, where)]

    assert names("") == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert names("visible>=0.5") == ["a.jpg", "b.jpg"]
    assert names("visible > 0.4 and room = kitchen") == ["a.jpg", "d.jpg"]
    assert names("visible<=.5 AND room!='wet bath'") == ["d.jpg"]
    assert names('room == "wet bath"') == ["b.jpg"]
    assert names("visible!=0.9") == ["b.jpg", "c.jpg", "d.jpg"], "an empty cell is not .9"


@pytest.mark.parametrize(
    "where",
    ["visible", "visible >= ", ">= 0.5", "visible >= 0.5 and", "visible >= 0.5 or room = bath", "__import__('os')"],
)
def test_a_condition_that_is_no_comparison_is_refused(where: str, tmp_path: Path) -> None:
    path = truth(tmp_path, "image,relevant,visible,room\na.jpg,mug-1,0.9,kitchen\n")
    with pytest.raises(QueryError, match="COLUMN OP VALUE"):
        queries.read(path, PRODUCTS, where)


@given(text=st.text(max_size=40))
def test_any_text_as_a_condition_is_understood_or_refused_in_one_sentence(text: str) -> None:
    try:
        terms = queries.parse_where(text)
    except QueryError as error:
        assert "COLUMN OP VALUE" in str(error)
    else:
        assert all(term.column.isidentifier() or term.column.isalnum() or "_" in term.column for term in terms)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "header with image"),
        ("image,relevant\n", "at least one row"),
        ("picture,relevant\na.jpg,mug-1\n", "found picture, relevant"),
        ("image,relevant\na.jpg,mug-9\n", r"truth.csv, row 2: .*'mug-9' is not among the catalog's 4 products"),
        ("image,relevant\na.jpg,mug-1\nb.jpg,mug-1|nope\n", r"row 3: .*'nope'"),
        ("image,relevant,relevant_category\na.jpg,mug-1,Home\n", "row 2: Exactly one .* both are"),
        ("image,relevant,relevant_category\na.jpg,,\n", "row 2: Exactly one .* none is"),
        ("image,relevant_category\na.jpg,Garden\n", "row 2: No product .* 'Garden'"),
        ("image,relevant\n,mug-1\n", "row 2: The column image is empty"),
        ("image,relevant\na.jpg,|\n", "row 2: The column relevant names no product"),
        ("image,relevant,x1,y1,x2,y2\na.jpg,mug-1,1,2,3,\n", "row 2: A box is four numbers"),
        ("image,relevant,x1,y1,x2,y2\na.jpg,mug-1,9,2,3,4\n", "row 2: A box needs x1 < x2"),
    ],
)
def test_a_row_outside_the_form_is_named_with_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=message):
        queries.read(truth(tmp_path, text), PRODUCTS)


def test_a_condition_on_a_column_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"'seen'; truth[.]csv has image, relevant"):
        queries.read(truth(tmp_path, "image,relevant\na.jpg,mug-1\n"), PRODUCTS, "seen>=1")


def test_files_that_are_no_table_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="can't be opened"):
        queries.read(tmp_path / "absent.csv", PRODUCTS)
    binary = tmp_path / "truth.csv"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe")
    with pytest.raises(CatalogError, match="not a CSV in UTF-8"):
        queries.read(binary, PRODUCTS)
