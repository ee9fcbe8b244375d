"""From a score to a plain word: exact, likely, similar or none.

Pure arithmetic on cosines; knows nothing about stores or pictures. A flat cutoff for every catalog does not work (a
catalog of forty white mugs needs another one than a catalog of one mug), so the thresholds are fitted per catalog by
`calibrate` and stored with the collection. Invariant: none <= similar <= likely <= exact along the score.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from imgsearch.records import Verdict


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Smallest scores (cosines) for which a verdict holds; `similar` <= `likely` <= `exact`.

    `pictures` is how many pictures they were fitted on, 0 for the defaults.
    """

    similar: float
    likely: float
    exact: float
    pictures: int = 0

    def judge(self, score: float) -> Verdict:
        """The verdict on a best match of this score.

        >>> Thresholds(0.3, 0.6, 0.8).judge(0.7)
        'likely'
        """
        if score >= self.exact:
            return "exact"
        if score >= self.likely:
            return "likely"
        return "similar" if score >= self.similar else "none"

    def to_json(self) -> str:
        """One JSON object, as it is stored with the collection."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Thresholds:
        """Read what `to_json` wrote; an empty text gives the defaults."""
        return cls(**json.loads(text)) if text else DEFAULT


# For a catalog too small to fit (fewer than 8 groups): never claims "exact" lightly, never refuses lightly.
DEFAULT = Thresholds(similar=0.35, likely=0.65, exact=0.85)
