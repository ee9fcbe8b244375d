"""What of a product is new: its pictures read and compared with what the store holds; new ones decoded and cut.

Runs in several threads; knows the store's rows only as facts that were read before, and writes nothing but thumbnails.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from imgsearch import images, thumbs
from imgsearch.detect import Detector
from imgsearch.errors import ImageError
from imgsearch.fetch import FetchError
from imgsearch.ingest.pictures import GalleryCrop, fetch, gallery_box, recipe
from imgsearch.records import Product
from imgsearch.store import Entry, entry_id

Crop = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of one picture, without its vector and record."""

    entry_id: str
    image: str
    image_hash: str
    record_hash: str
    crop: Crop | None

    @classmethod
    def of(cls, entry: Entry) -> Known:
        """The facts of an entry."""
        return cls(entry.entry_id, entry.image, entry.image_hash, entry.record_hash, entry.crop)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be stored: either known already (`known`), or cut and ready to be embedded (`pixels`)."""

    image_no: int
    image: str
    image_hash: str
    crop: Crop | None
    known: Known | None = None
    pixels: Image.Image | None = None


@dataclass(slots=True)
class Prepared:
    """A product with its usable pictures and why the others are not; `later`: another run may have more luck."""

    product: Product
    record_hash: str
    pictures: list[Picture] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    later: bool = False

    def unchanged(self, known: Sequence[Known]) -> bool:
        """True if the store holds exactly this."""
        wanted = {(entry_id(self.product.product_id, p.image_no), p.image_hash) for p in self.pictures}
        held = {(k.entry_id, k.image_hash) for k in known}
        return wanted == held and all(k.record_hash == self.record_hash for k in known)


@dataclass(frozen=True, slots=True)
class Workshop:
    """How pictures are read and cut in this run; `thumbs_dir` None keeps no thumbnails."""

    detector: Detector | None
    how: GalleryCrop
    thumbs_dir: Path | None
    allow_private_urls: bool

    def prepare(self, product: Product, known: Sequence[Known]) -> Prepared:
        """Read a product's pictures; decode and cut those that the store does not hold.

        Raises:
            ConfigError: the thumbnails can't be written.
        """
        prepared = Prepared(product, record_hash(product))
        by_hash = {k.image_hash: k for k in known}
        for number, place in enumerate(product.images):
            try:
                picture = self._picture(number, fetch(place, self.allow_private_urls), by_hash)
            except ImageError as error:
                prepared.faults.append(f"{_name(place)}: {error}")
                prepared.later |= isinstance(error, FetchError) and error.temporary
                continue
            # The same picture twice would count twice in every search.
            if all(picture.image != other.image for other in prepared.pictures):
                prepared.pictures.append(picture)
        return prepared

    def _picture(self, number: int, data: bytes, by_hash: Mapping[str, Known]) -> Picture:
        key = hashlib.sha256(data).hexdigest()
        image_hash = hashlib.sha256(f"{recipe(self.detector, self.how)}/{key}".encode()).hexdigest()
        known = by_hash.get(image_hash)
        unseen = self.thumbs_dir is not None and thumbs.missing(self.thumbs_dir, key)
        if known and not unseen:
            return Picture(number, key, image_hash, known.crop, known)
        photo = images.load(data)
        if self.thumbs_dir is not None and unseen:
            thumbs.save(self.thumbs_dir, key, photo.image)
        if known:
            return Picture(number, key, image_hash, known.crop, known)
        box = gallery_box(photo, self.detector, self.how)
        pixels = images.crop(photo, box) if box else photo.image
        return Picture(number, key, image_hash, box.xyxy if box else None, pixels=pixels)


def faults_of(product: Product, allow_private_urls: bool) -> tuple[int, list[str]]:
    """For a dry run: how many pictures can be read whole, and why the others can't."""
    seen, faults = set(), []
    for place in product.images:
        try:
            data = fetch(place, allow_private_urls)
            images.load(data, max_side_px=256)  # a JPEG decodes at an eighth; it is read to its end all the same
            seen.add(hashlib.sha256(data).digest())
        except ImageError as error:
            faults.append(f"{_name(place)}: {error}")
    return len(seen), faults


def record_hash(product: Product) -> str:
    """sha256 of a product's fields; its row in the file is not one: a row put in above changes nothing."""
    fields = dataclasses.asdict(product)
    del fields["row"]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _name(place: str) -> str:
    return place if "://" in place else Path(place).name
