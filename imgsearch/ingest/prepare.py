"""What of a product is new: its pictures read and compared with what the store holds; new ones decoded and cut.

Runs in several threads; knows the store's rows only as facts that were read before, and writes nothing but thumbnails.
Invariant: a picture that can't be had for now costs a product neither what the store holds of it nor its other news.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
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
    """What the store holds of one picture, without its vector and record; `place` is where it was read."""

    entry_id: str
    image_no: int
    place: str
    image: str
    image_hash: str
    record_hash: str
    crop: Crop | None

    @classmethod
    def of(cls, entry: Entry) -> Known:
        """The facts of an entry."""
        number, places = entry.image_no, entry.product.images
        place = places[number] if number < len(places) else ""
        return cls(entry.entry_id, number, place, entry.image, entry.image_hash, entry.record_hash, entry.crop)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be stored: either known already (`known`), or cut and ready to be embedded (`pixels`)."""

    image_no: int
    image: str
    image_hash: str
    crop: Crop | None
    known: Known | None = None
    pixels: Image.Image | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    """A picture that another run may have more luck with."""

    image_no: int
    place: str
    fault: str


@dataclass(slots=True)
class Prepared:
    """A product with its usable pictures and why the others are not; `kept`: where the store's picture stands in."""

    product: Product
    record_hash: str
    pictures: list[Picture] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def add(self, picture: Picture) -> bool:
        """Take a picture; False if it is there: the same one twice would count twice in every search."""
        if any(picture.image == other.image for other in self.pictures):
            return False
        self.pictures.append(picture)
        return True

    def keep(self, missing: Sequence[_Missing], known: Sequence[Known]) -> None:
        """Let the store's pictures stand in: that of the same place, else of the same number, else what there is."""
        places, numbers = {k.place: k for k in known}, {k.image_no: k for k in known}
        found = [(one, places.get(one.place)) for one in missing]
        found += [(one, numbers.get(one.image_no)) for one in missing]
        stood_in: set[_Missing] = set()
        for one, stored in found:
            if stored and one not in stood_in and self.add(_still(stored, one.image_no)):
                stood_in.add(one)
        if missing and known and not self.pictures:
            self.pictures = [_still(k, k.image_no) for k in known]
            stood_in = set(missing)
        self.kept += [one.fault for one in missing if one in stood_in]
        self.faults += [one.fault for one in missing if one not in stood_in]

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
        by_hash = {k.image_hash: k for k in known}

        def read(number: int, place: str) -> Picture:
            return self._picture(number, fetch(place, self.allow_private_urls), by_hash)

        return _gathered(product, known, read)

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


def looked_at(product: Product, known: Sequence[Known], allow_private_urls: bool) -> Prepared:
    """For a dry run: the pictures that can be read whole, neither cut nor compared; known ones stand in as ever."""

    def read(number: int, place: str) -> Picture:
        data = fetch(place, allow_private_urls)
        images.load(data, max_side_px=256)  # a JPEG decodes at an eighth; it is read to its end all the same
        return Picture(number, hashlib.sha256(data).hexdigest(), "", None)

    return _gathered(product, known, read)


def _gathered(product: Product, known: Sequence[Known], read: Callable[[int, str], Picture]) -> Prepared:
    prepared = Prepared(product, record_hash(product))
    missing = []
    for number, place in enumerate(product.images):
        try:
            prepared.add(read(number, place))
        except ImageError as error:
            fault = f"{_name(place)}: {error}"
            if isinstance(error, FetchError) and error.temporary:
                missing.append(_Missing(number, place, fault))
            else:
                prepared.faults.append(fault)
    prepared.keep(missing, known)
    return prepared


def _still(known: Known, image_no: int) -> Picture:
    return Picture(image_no, known.image, known.image_hash, known.crop, known)


def record_hash(product: Product) -> str:
    """sha256 of a product's fields; its row in the file is not one: a row put in above changes nothing."""
    fields = dataclasses.asdict(product)
    del fields["row"]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _name(place: str) -> str:
    return place if "://" in place else Path(place).name
