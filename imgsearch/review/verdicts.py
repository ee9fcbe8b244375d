"""People's grades for matches, in one SQLite file a shop: who found what how good, and how to take it back.

Knows nothing about pictures, models or pages. Invariants: a grade belongs to a query and a product, whatever model
found the product, so it holds for every later list; a list is kept as it was shown, one per query, judge and model;
every change is whole or not done at all.

Grades are those of Amazon's shopping queries data set (Reddy et al. 2022, ESCI): Exact, Substitute, Complement,
Irrelevant.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from imgsearch.config import Settings
from imgsearch.errors import ImgSearchError, QueryError

Grade = Literal["E", "S", "C", "I"]
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
UNDO_STEPS = 200  # per judge: nobody takes back more, and a visitor's memory stays bounded
MAX_NOTE = 2000  # characters
BUSY_S = 5.0  # how long to wait for another process that writes
SCHEMA_VERSION = 1
_SCHEMA = f"""
CREATE TABLE lists (query_id TEXT, judge TEXT, model TEXT, photo TEXT, box TEXT, matches TEXT,
                    PRIMARY KEY (query_id, judge, model));
CREATE TABLE grades (query_id TEXT, product_id TEXT, judge TEXT, grade TEXT CHECK (grade IN ('E', 'S', 'C', 'I')),
                     graded_at TEXT, PRIMARY KEY (query_id, product_id, judge)) WITHOUT ROWID;
CREATE TABLE notes (query_id TEXT, judge TEXT, note TEXT, PRIMARY KEY (query_id, judge)) WITHOUT ROWID;
CREATE TABLE steps (step INTEGER PRIMARY KEY AUTOINCREMENT, judge TEXT, query_id TEXT, product_id TEXT, before TEXT);
CREATE INDEX steps_by_judge ON steps (judge, step);
PRAGMA user_version = {SCHEMA_VERSION};
"""
_TABLES = ("lists", "grades", "notes", "steps")


class VerdictsError(ImgSearchError):
    """The grades can't be read or saved."""

    code = "review_unavailable"


@dataclass(frozen=True, slots=True)
class Shown:
    """One match as it was shown: `rank` from 1, `score` a cosine, `image` the key of its picture."""

    rank: int
    product_id: str
    title: str
    score: float
    image: str


@dataclass(frozen=True, slots=True)
class ShownList:
    """What one model found for one query. `box` is xyxy in full-size pixels of the photo."""

    query_id: str
    model: str
    photo: str
    box: tuple[float, float, float, float]
    matches: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A list and a judge's grades for its query: also those of products that only other models found."""

    shown: ShownList
    judge: str
    grades: dict[str, Grade] = field(default_factory=dict)
    graded_at: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def row(self) -> tuple[Grade | None, ...]:
        """The grade at each rank, None where there is none yet."""
        return tuple(self.grades.get(match.product_id) for match in self.shown.matches)

    @property
    def complete(self) -> bool:
        """True if every match has a grade."""
        return None not in self.row


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo changed: the product's grade is `grade` again (None: not graded)."""

    query_id: str
    product_id: str
    grade: Grade | None


@dataclass(slots=True)
class Merged:
    """What a merge did, in grades: `kept` are those that differ and are as new here, or newer; and in notes."""

    added: int = 0
    replaced: int = 0
    kept: int = 0
    unchanged: int = 0
    notes_added: int = 0
    notes_kept: int = 0


def path_of(settings: Settings, shop: str) -> Path:
    """Where a shop's grades are kept."""
    return settings.shop_dir(shop) / "review.db"


def checked_grade(value: object) -> Grade | None:
    """A grade from outside; None takes a grade away.

    Raises:
        QueryError: neither None nor one of E, S, C, I.
    """
    for grade in GRADES:
        if value == grade:
            return grade
    if value is None:
        return None
    raise QueryError(f"A grade is one of {', '.join(GRADES)}, or null for none; got {value!r}.")


class Verdicts:
    """A shop's grades; any number of threads may use one object.

    Args:
        path: the SQLite file, made with its folder if it is missing; None keeps everything in memory.

    Raises:
        VerdictsError: the file can't be opened, is damaged, or was made by a later version.
    """

    def __init__(self, path: Path | None) -> None:
        self._name = str(path or ":memory:")
        self._lock = threading.Lock()
        try:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._name, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._told(error) from error
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with self._change() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                # Not executescript: it would commit the transaction that keeps two first starts apart.
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    db.execute(statement)
        if version > SCHEMA_VERSION:
            raise VerdictsError(f"The grades in {self._name} were made by a later version; install that one.")

    def save(self, judge: str, shown: ShownList, product_id: str, grade: Grade | None) -> None:
        """Grade a product of a list (None: take its grade away), keep the list, and remember how to undo it.

        Raises:
            QueryError: the product is not in the list.
            VerdictsError: nothing could be saved; nothing was changed.
        """
        if product_id not in {match.product_id for match in shown.matches}:
            raise QueryError(f"The product {product_id!r} is not a match of {shown.query_id}; reload the page.")
        with self._change() as db:
            before = self._set_grade(db, judge, shown.query_id, product_id, grade)
            # REPLACE gives the row a new number, so the highest number is the list that was judged last.
            db.execute(
                "INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?, ?)",
                (shown.query_id, judge, shown.model, shown.photo, json.dumps(shown.box), _matches_json(shown.matches)),
            )
            if before != grade:
                self._remember(db, judge, shown.query_id, product_id, before)

    @staticmethod
    def _set_grade(
        db: sqlite3.Connection, judge: str, query_id: str, product_id: str, grade: Grade | None
    ) -> Grade | None:
        """Write or delete one grade; returns the one before."""
        key = (query_id, product_id, judge)
        found = db.execute(
            "SELECT grade FROM grades WHERE query_id = ? AND product_id = ? AND judge = ?", key
        ).fetchone()
        if grade is None:
            db.execute("DELETE FROM grades WHERE query_id = ? AND product_id = ? AND judge = ?", key)
        else:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute("INSERT OR REPLACE INTO grades VALUES (?, ?, ?, ?, ?)", (*key, grade, now))
        return checked_grade(found[0]) if found else None

    @staticmethod
    def _remember(db: sqlite3.Connection, judge: str, query_id: str, product_id: str, before: Grade | None) -> None:
        db.execute(
            "INSERT INTO steps (judge, query_id, product_id, before) VALUES (?, ?, ?, ?)",
            (judge, query_id, product_id, before),
        )
        db.execute(
            "DELETE FROM steps WHERE judge = ? AND step <= "
            "(SELECT step FROM steps WHERE judge = ? ORDER BY step DESC LIMIT 1 OFFSET ?)",
            (judge, judge, UNDO_STEPS),
        )

    def undo(self, judge: str) -> Undone | None:
        """Take a judge's last change back; None if there is none left."""
        with self._change() as db:
            last = db.execute(
                "SELECT step, query_id, product_id, before FROM steps WHERE judge = ? ORDER BY step DESC LIMIT 1",
                (judge,),
            ).fetchone()
            if last is None:
                return None
            step, query_id, product_id, before = last
            db.execute("DELETE FROM steps WHERE step = ?", (step,))
            grade = checked_grade(before)
            self._set_grade(db, judge, query_id, product_id, grade)
        return Undone(query_id, product_id, grade)

    def can_undo(self, judge: str) -> bool:
        """True if `undo` would take something back."""
        return bool(self._read("SELECT 1 FROM steps WHERE judge = ? LIMIT 1", (judge,)))

    def set_note(self, judge: str, query_id: str, note: str) -> None:
        """Keep a judge's note on a query, at most 2,000 characters of it; '' deletes it."""
        text = note.strip()[:MAX_NOTE]
        with self._change() as db:
            db.execute("DELETE FROM notes WHERE query_id = ? AND judge = ?", (query_id, judge))
            if text:
                db.execute("INSERT INTO notes VALUES (?, ?, ?)", (query_id, judge, text))

    def merge(self, lists: Sequence[Judged]) -> Merged:
        """Add lists and grades from elsewhere, all of them or none.

        Of two grades for the same match the later one stays, and with it its list as it was shown; what is here wins a
        tie, so merging the same again changes nothing. A note has no time: where there is another one, it stays.

        Raises:
            VerdictsError: nothing could be saved; nothing was changed.
        """
        merged = Merged()
        with self._change() as db:
            newest_here = db.execute("SELECT max(graded_at) FROM grades").fetchone()[0] or ""
            newest = max((when for one in lists for when in one.graded_at.values()), default="")
            # The highest row is the list that was judged last: older ones go below all that are here.
            below = newest <= newest_here
            for one in lists:
                self._merge_list(db, one, below)
            for one in lists:
                for product_id, grade in one.grades.items():
                    self._merge_grade(db, one, product_id, grade, merged)
                self._merge_note(db, one, merged)
        return merged

    @staticmethod
    def _merge_list(db: sqlite3.Connection, one: Judged, below: bool) -> None:
        shown, key = one.shown, (one.shown.query_id, one.judge, one.shown.model)
        found = db.execute(
            "SELECT rowid, matches FROM lists WHERE query_id = ? AND judge = ? AND model = ?", key
        ).fetchone()
        images: dict[str, str] = {}
        if found:
            here = _matches(found[1])
            times = dict(
                db.execute("SELECT product_id, graded_at FROM grades WHERE query_id = ? AND judge = ?", key[:2])
            )
            if max(one.graded_at.values(), default="") <= max((times.get(m.product_id, "") for m in here), default=""):
                return
            images = {match.product_id: match.image for match in here}
        row = "(SELECT min(0, coalesce(min(rowid), 0)) - 1 FROM lists)" if below else "NULL"
        # An export does not name the pictures; those that are known here stay.
        matches = [replace(match, image=images.get(match.product_id, match.image)) for match in shown.matches]
        db.execute(
            f"INSERT OR REPLACE INTO lists (rowid, query_id, judge, model, photo, box, matches) "
            f"VALUES ({row}, ?, ?, ?, ?, ?, ?)",
            (*key, shown.photo, json.dumps(shown.box), _matches_json(matches)),
        )

    @staticmethod
    def _merge_grade(db: sqlite3.Connection, one: Judged, product_id: str, grade: Grade, merged: Merged) -> None:
        key, when = (one.shown.query_id, product_id, one.judge), one.graded_at[product_id]
        found = db.execute(
            "SELECT grade, graded_at FROM grades WHERE query_id = ? AND product_id = ? AND judge = ?", key
        ).fetchone()
        same = found is not None and found[0] == grade
        later = found is None or when > found[1]
        merged.added += found is None
        merged.unchanged += same
        merged.kept += not same and not later
        merged.replaced += found is not None and not same and later
        if not later:
            return
        if not same:
            # What came before an imported grade can't be gone back to: undo would change a grade it does not know.
            db.execute("DELETE FROM steps WHERE query_id = ? AND product_id = ? AND judge = ?", key)
        db.execute("INSERT OR REPLACE INTO grades VALUES (?, ?, ?, ?, ?)", (*key, grade, when))

    @staticmethod
    def _merge_note(db: sqlite3.Connection, one: Judged, merged: Merged) -> None:
        key = (one.shown.query_id, one.judge)
        found = db.execute("SELECT note FROM notes WHERE query_id = ? AND judge = ?", key).fetchone()
        if one.note and not found:
            db.execute("INSERT INTO notes VALUES (?, ?, ?)", (*key, one.note))
            merged.notes_added += 1
        elif one.note and found[0] != one.note:
            merged.notes_kept += 1

    def note(self, judge: str, query_id: str) -> str:
        """A judge's note on a query."""
        rows = self._read("SELECT note FROM notes WHERE query_id = ? AND judge = ?", (query_id, judge))
        return str(rows[0][0]) if rows else ""

    def grades(self, judge: str, query_id: str) -> dict[str, Grade]:
        """A judge's grades for a query by product id."""
        rows = self._read("SELECT product_id, grade FROM grades WHERE query_id = ? AND judge = ?", (query_id, judge))
        return dict(rows)

    def newest_model(self) -> str:
        """The model whose matches were judged last; '' before the first grade."""
        rows = self._read("SELECT model FROM lists ORDER BY rowid DESC LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def judged(self, model: str, judge: str | None = None) -> list[Judged]:
        """The lists of a model with at least one graded match, of one judge or of all."""
        whose = "(judge = :judge OR :judge IS NULL)"
        asked = {"model": model, "judge": judge}
        grades: dict[tuple[str, str], dict[str, Grade]] = {}
        times: dict[tuple[str, str], dict[str, str]] = {}
        for query_id, who, product_id, grade, when in self._read(
            f"SELECT query_id, judge, product_id, grade, graded_at FROM grades WHERE {whose}", asked
        ):
            grades.setdefault((query_id, who), {})[product_id] = grade
            times.setdefault((query_id, who), {})[product_id] = when
        notes = {(q, who): note for q, who, note in self._read(f"SELECT * FROM notes WHERE {whose}", asked)}
        rows = self._read(
            f"SELECT query_id, judge, photo, box, matches FROM lists WHERE model = :model AND {whose} "
            "ORDER BY query_id, judge",
            asked,
        )
        lists = []
        for query_id, who, photo, box, matches in rows:
            key = (query_id, who)
            shown = ShownList(query_id, model, photo, tuple(json.loads(box)), _matches(matches))
            lists.append(Judged(shown, who, grades.get(key, {}), times.get(key, {}), notes.get(key, "")))
        return [one for one in lists if any(one.row)]

    def forget(self, judge: str) -> None:
        """Delete everything of a judge: a visit that is over."""
        with self._change() as db:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table} WHERE judge = ?", (judge,))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction; rolled back when it fails."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                with self._db:
                    yield self._db
            except sqlite3.Error as error:
                raise self._told(error) from error

    def _read(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._told(error) from error

    def _told(self, error: Exception) -> VerdictsError:
        return VerdictsError(
            f"The grades in {self._name} can't be read or saved ({error}); check that the disk has room, that the "
            "folder may be written to and that no other program keeps the file, or move a damaged file away."
        )


def _matches_json(matches: Sequence[Shown]) -> str:
    return json.dumps([asdict(match) for match in matches], ensure_ascii=False)


def _matches(text: str) -> tuple[Shown, ...]:
    return tuple(Shown(**match) for match in json.loads(text))
