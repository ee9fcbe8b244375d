"""The exception tree. Every message says what was expected, what came, and what to do next.

    ImgSearchError                 anything this package reports on purpose
    +-- InputError                 the visitor's picture, box or query: correct it and try again
    |   +-- ImageError             not a readable picture
    |   |   +-- ImageTooLarge      too many bytes or pixels
    |   +-- BoxError               a box outside the picture, empty or not four numbers
    |   +-- QueryError             a filter, count or product id that makes no sense
    |       +-- PriceRangeError    a lowest price above the highest
    +-- ConfigError                a setting or flag
    +-- CatalogError               a feed that can't be read (knows file and row)
    +-- ModelError                 weights missing, damaged or of another shape
    +-- StoreError                 the vector store
        +-- StoreUnavailable       wrong address, wrong token, server down
        +-- StoreLocked            another process holds the embedded database
        +-- CollectionMissing      nothing was imported yet
        +-- FingerprintMismatch    the collection was made by other weights

The module knows nothing about Milvus, Gradio or HTTP. Invariant: `str(error)` is one line that a user can act on,
and holds no secret. `code` is the stable word that the page and the API use for it.
"""

from __future__ import annotations

from pathlib import Path


class ImgSearchError(Exception):
    """Base of every error that a user can act on; the command line exits with 2 for it."""

    code = "error"


class InputError(ImgSearchError):
    """What the visitor sent can't be used; nothing is wrong with the shop."""

    code = "bad_input"


class ImageError(InputError):
    """The bytes are not a picture that can be read whole."""

    code = "bad_image"


class ImageTooLarge(ImageError):
    """The picture has more bytes or pixels than are accepted."""

    code = "image_too_large"


class BoxError(InputError):
    """The box is not four finite numbers with an area inside the picture."""

    code = "bad_box"


class QueryError(InputError):
    """A filter, a count or a product id that can't be searched for."""

    code = "bad_query"


class PriceRangeError(QueryError):
    """The lowest price is above the highest."""

    code = "price_range"


class ConfigError(ImgSearchError):
    """A setting, flag or environment variable has a value that can't be used."""

    code = "bad_setting"


class CatalogError(ImgSearchError):
    """A feed or a truth file can't be read.

    Args:
        message: one sentence.
        file: the file it stands in, or None.
        row: its 1-based row in the file (the header is row 1), or None.
    """

    code = "bad_catalog"

    def __init__(self, message: str, file: Path | None = None, row: int | None = None) -> None:
        self.file = file
        self.row = row
        where = "" if file is None else f"{file.name}{'' if row is None else f', row {row}'}: "
        super().__init__(where + message)


class ModelError(ImgSearchError):
    """Weights are missing, damaged, or of another shape than the code expects."""

    code = "bad_model"


class StoreError(ImgSearchError):
    """The vector store refused or failed."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """No store answers at this address, or the token is wrong (Milvus does not tell the two apart)."""

    code = "store_unavailable"


class StoreLocked(StoreError):
    """Another process has the embedded database open; Milvus Lite allows one."""

    code = "store_locked"


class CollectionMissing(StoreError):
    """The shop has no collection yet: nothing was imported."""

    code = "collection_missing"


class FingerprintMismatch(StoreError):
    """The collection was made by other weights; its vectors can't be compared with this model's."""

    code = "fingerprint_mismatch"
