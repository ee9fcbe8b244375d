"""The Review tab: its handlers, and how they are hung into the page.

Knows the page's dicts and the review's rooms. Invariants: every answer is a dict, an error is `{"error", "message"}`
and never raised into Gradio (which would show nothing); what the right product is leaves the server only when it is
asked for; in public mode a visitor's grades live in memory, bounded, and nobody else gets them.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from imgsearch.config import DEMO_SHOP, Settings
from imgsearch.errors import ImgSearchError, QueryError
from imgsearch.review import export, metrics
from imgsearch.review.queue import Listed, Queue, truth_file
from imgsearch.review.verdicts import Grade, Judged, Verdicts, checked_grade, path_of
from imgsearch.search import ImageSearch
from imgsearch.ui import app, components, render, strings
from imgsearch.ui.readiness import Readiness

log = logging.getLogger(__name__)

MAX_VISITS = 200  # in public mode; each holds at most a few hundred kB
LOCAL_JUDGE = "reviewer"
_VISIT = re.compile(r"[0-9a-f]{32}")

Request = Mapping[str, Any]
Answer = dict[str, Any]


class NoQueries(ImgSearchError):
    """There is nothing to review; the message says how to change that.

    Args:
        sentence: the message's name among the page's texts, which have it in other languages, too.
        values: what its placeholders stand for.
    """

    code = "no_queries"

    def __init__(self, sentence: str, message: str, **values: str) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(message.format(**values))


class Board:
    """One open shop's queue and grades.

    Args:
        core: the shop.
        settings: say where the truth file and the grades lie, and whether the page is public.

    Raises:
        NoQueries: the shop has no truth file, or the page is public and the shop not the demo.
        CatalogError, QueryError: the truth file can't be used.
        VerdictsError: the grades can't be opened.
    """

    def __init__(self, core: ImageSearch, settings: Settings) -> None:
        self.core = core
        self.shop = core.store.shop
        truth = truth_file(settings, self.shop)
        if settings.public and self.shop != DEMO_SHOP:
            raise NoQueries("review_demo_only", strings.REVIEW_DEMO_ONLY)
        if not truth.is_file():
            raise NoQueries("no_queries", strings.REVIEW_NO_QUERIES, path=str(truth))
        self.queue = Queue.read(truth, core)
        self.verdicts = Verdicts(None if settings.public else path_of(settings, self.shop))
        self._login = settings.auth.partition(":")[0] or LOCAL_JUDGE
        self._visits: OrderedDict[str, None] | None = OrderedDict() if settings.public else None
        self._lock = threading.Lock()

    def judge(self, visit: object) -> str:
        """Who grades: the page's login, or in public mode this visit, by a digest of its secret id.

        Raises:
            QueryError: the visit's id is none.
        """
        if self._visits is None:
            return self._login
        if not isinstance(visit, str) or not _VISIT.fullmatch(visit):
            raise QueryError("A visit's id is 32 hex digits; reload the page.")
        name = "visitor-" + hashlib.sha256(visit.encode()).hexdigest()[:16]
        with self._lock:
            self._visits[name] = None
            self._visits.move_to_end(name)
            over = self._visits.popitem(last=False)[0] if len(self._visits) > MAX_VISITS else None
        if over:
            self.verdicts.forget(over)
        return name

    def judged(self, judge: str) -> list[Judged]:
        """The judge's lists of the present model."""
        return self.verdicts.judged(self.queue.model, judge)

    def standing(self, judge: str) -> Answer:
        """What every answer that may change it carries: the figures, and whether there is something to undo."""
        return {"figures": metrics.figures(self.judged(judge)), "can_undo": self.verdicts.can_undo(judge)}

    def first_open(self, judge: str) -> int:
        """The position of the first query that is not graded whole; 0 if all are."""
        done = {one.shown.query_id for one in self.judged(judge) if one.complete}
        return next((i for i, name in enumerate(self.queue.ids) if name not in done), 0)


class Review:
    """The handlers: one dict from the page in, one dict out.

    Args:
        readiness: the shop, open or not yet.
        settings: as for `Board`.
    """

    def __init__(self, readiness: Readiness, settings: Settings) -> None:
        self._readiness = readiness
        self._settings = settings
        self._board: Board | None = None
        self._lock = threading.Lock()

    def start(self, request: object) -> Answer:
        """{visit} -> how many queries there are, where to begin, the figures so far."""
        return self._answered(request, self._start)

    def query(self, request: object) -> Answer:
        """{visit, position} -> the query's photo, box, crop and matches with this judge's grades."""
        return self._answered(request, self._query)

    def grade(self, request: object) -> Answer:
        """{visit, query_id, product_id, grade or null} -> the new figures."""
        return self._answered(request, self._grade)

    def undo(self, request: object) -> Answer:
        """{visit} -> what was taken back (or null), and the new figures."""
        return self._answered(request, self._undo)

    def note(self, request: object) -> Answer:
        """{visit, query_id, note} -> {}."""
        return self._answered(request, self._note)

    def reveal(self, request: object) -> Answer:
        """{visit, query_id} -> the products that the truth file calls right."""
        return self._answered(request, self._reveal)

    def export(self, request: object) -> Answer:
        """{visit, format: csv or json} -> a file's name, type and text."""
        return self._answered(request, self._export)

    def _answered(self, request: object, handler: Callable[[Board, str, Request], Answer]) -> Answer:
        asked: Request = request if isinstance(request, Mapping) else {}
        try:
            board = self._opened()
            return handler(board, board.judge(asked.get("visit")), asked)
        except NoQueries as error:
            told = {"sentence": error.sentence, "values": error.values}
            return {"error": error.code, "message": str(error), **told}
        except ImgSearchError as error:
            return {"error": error.code, "message": str(error)}
        except Exception:  # a bug must be told to the page, too
            log.exception("the review failed")
            return {"error": "unexpected", "message": strings.UNEXPECTED}

    def _opened(self) -> Board:
        core = self._readiness.shop().core
        with self._lock:
            if self._board is None or self._board.core is not core:
                self._board = Board(core, self._settings)
            return self._board

    def _start(self, board: Board, judge: str, _: Request) -> Answer:
        about = {"shop": board.shop, "total": len(board.queue.ids), "position": board.first_open(judge)}
        return about | {"in_visit": self._settings.public} | board.standing(judge)

    def _query(self, board: Board, judge: str, request: Request) -> Answer:
        position = request.get("position")
        if not isinstance(position, int) or not 0 <= position < len(board.queue.ids):
            raise QueryError(f"A query's position lies in 0..{len(board.queue.ids) - 1}; got {position!r}.")
        name = board.queue.ids[position]
        listed = board.queue.listed(name)
        view = query_view(listed, board.verdicts.grades(judge, name))
        return view | {"position": position, "note": board.verdicts.note(judge, name)}

    def _grade(self, board: Board, judge: str, request: Request) -> Answer:
        shown = board.queue.listed(str(request.get("query_id"))).shown
        grade = checked_grade(request.get("grade"))
        board.verdicts.save(judge, shown, str(request.get("product_id")), grade)
        return board.standing(judge)

    def _undo(self, board: Board, judge: str, _: Request) -> Answer:
        undone = board.verdicts.undo(judge)
        if undone is None:
            return {"undone": None, **board.standing(judge)}
        position = board.queue.position(undone.query_id)
        answer = {"position": position, "product_id": undone.product_id, "grade": undone.grade}
        return {"undone": answer, **board.standing(judge)}

    def _note(self, board: Board, judge: str, request: Request) -> Answer:
        name = str(request.get("query_id"))
        if board.queue.position(name) is None:
            raise QueryError(f"There is no query {name!r}; reload the page.")
        board.verdicts.set_note(judge, name, str(request.get("note") or ""))
        return {}

    def _reveal(self, board: Board, judge: str, request: Request) -> Answer:
        found = board.core.store.get(board.queue.relevant(str(request.get("query_id"))))
        products = [
            {"product_id": name, "title": entries[0].product.title, "thumb": render.card_url(entries[0].image)}
            for name, entries in sorted(found.items())
            if entries
        ]
        return {"products": products}

    def _export(self, board: Board, judge: str, request: Request) -> Answer:
        judged = board.judged(judge)
        if request.get("format") == "json":
            text, kind = export.to_json(board.shop, judged), "application/json"
        else:
            text, kind = export.to_csv(judged), "text/csv"
        return {"name": f"review-{board.shop}.{kind.rpartition('/')[2]}", "type": kind, "text": text}


def query_view(listed: Listed, grades: Mapping[str, Grade]) -> Answer:
    """What the board shows of a query. Scores are left out: who sees them grades the score."""
    x1, y1, x2, y2 = listed.box.xyxy
    return {
        "query_id": listed.shown.query_id,
        "name": listed.shown.photo,
        "photo": _data_url(listed.photo),
        "width": listed.width_px,
        "height": listed.height_px,
        "box": [x1 / listed.width_px, y1 / listed.height_px, x2 / listed.width_px, y2 / listed.height_px],
        "crop": _data_url(listed.crop),
        "matches": [
            {
                "rank": match.rank,
                "product_id": match.product_id,
                "title": match.title,
                "brand": match.brand,
                "price": match.price,
                "currency": match.currency,
                "thumb": render.card_url(match.image),
                "grade": grades.get(match.product_id),
            }
            for match in listed.matches
        ],
    }


def _data_url(webp: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(webp).decode("ascii")


def tab(readiness: Readiness, settings: Settings) -> app.Tab:
    """The Review tab, for `app.build`."""
    review = Review(readiness, settings)

    # Functions and not the methods themselves: Gradio marks what it may call by an attribute, which methods can't have.
    def review_start(request: object = None) -> Answer:
        return review.start(request)

    def review_query(request: object = None) -> Answer:
        return review.query(request)

    def review_grade(request: object = None) -> Answer:
        return review.grade(request)

    def review_undo(request: object = None) -> Answer:
        return review.undo(request)

    def review_note(request: object = None) -> Answer:
        return review.note(request)

    def review_reveal(request: object = None) -> Answer:
        return review.reveal(request)

    def review_export(request: object = None) -> Answer:
        return review.export(request)

    calls = [review_start, review_query, review_grade, review_undo, review_note, review_reveal, review_export]

    def fill() -> None:
        components.scripted("board", ["review"], strings.REVIEW, calls)

    return app.Tab("review", strings.REVIEW_TAB, fill)
