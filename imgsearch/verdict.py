"""From a score to a plain word: exact, likely, similar or none.

Pure arithmetic on cosines; knows nothing about stores or pictures. A flat cutoff for every catalog does not work (a
catalog of forty white mugs needs another one than a catalog of one mug), so the thresholds are fitted per catalog by
`calibrate` and stored with the collection. Invariant: the verdict never falls when the score rises.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from imgsearch.records import Verdict

MAX_MARGIN = 0.15  # a narrow filter can leave the best match alone; that must not make it certain


def evidence(score: float, runner_up: float | None) -> float:
    """How much speaks for a best match: its score, plus its lead over the next group.

    A right match stands out; a stranger has many equally distant look-alikes. On the demo's photos the median lead
    is .18 for right matches and .04 for things that the shop does not sell.

    Args:
        score: cosine of the best match.
        runner_up: cosine of the best match of another group; None if there is none.

    >>> round(evidence(0.7, 0.6), 3)
    0.8
    """
    lead = 0.0 if runner_up is None else score - runner_up
    return score + min(max(lead, 0.0), MAX_MARGIN)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least evidence for which a verdict holds; `similar` <= `likely` <= `exact`.

    `pictures` is how many pictures they were fitted on, 0 for the defaults.
    """

    similar: float
    likely: float
    exact: float
    pictures: int = 0

    @property
    def weak_score(self) -> float:
        """A score below this can't be similar, however far it leads: the page shows such matches apart."""
        return self.similar - MAX_MARGIN

    def judge(self, score: float, runner_up: float | None = None) -> Verdict:
        """The verdict on a best match of this score, given the next group's.

        >>> Thresholds(0.3, 0.6, 0.8).judge(0.7)
        'likely'
        """
        found = evidence(score, runner_up)
        if found >= self.exact:
            return "exact"
        if found >= self.likely:
            return "likely"
        return "similar" if found >= self.similar else "none"

    def to_json(self) -> str:
        """One JSON object, as it is stored with the collection."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Thresholds:
        """Read what `to_json` wrote; an empty text gives the defaults."""
        return cls(**json.loads(text)) if text else DEFAULT


# For a catalog too small to fit (fewer than 8 groups): never claims "exact" lightly, never refuses lightly.
DEFAULT = Thresholds(similar=0.5, likely=0.7, exact=0.9)
