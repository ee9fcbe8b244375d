"""From a score to a plain word: exact, likely, similar or none.

Pure arithmetic on cosines; knows nothing about stores or pictures. Two questions are asked, since what answers one
does not answer the other: does the shop sell such a thing at all (`familiarity`), and is it this very product or only
one like it (`identity`). A flat cutoff for every catalog does not work (a catalog of forty white mugs
needs another one than a catalog of one mug), so the thresholds are fitted per catalog by `calibrate` and stored with
the collection. Invariant: the verdict never falls when the score rises and all else stays.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from imgsearch.records import Verdict

# Measured with five catalogs (two of rendered home goods, Amazon's, Flipkart's, fashion), thresholds at 5 % of foreign
# things: the score alone keeps 72 % of the right matches, less .7 of the strangeness 81 %, less all of it 82 %.
STRANGENESS_WEIGHT = 0.7
# Foreign things on photos like the shop's own are the harder ones: no distractor is near them. Goods whose own category
# is left out of the shop stand for them: at 5 % of these, 58 % of the right matches are kept without the lead, 66 %
# with some of it. With all of it too many distractors pass: a lone stranger leads, too.
LEAD_WEIGHT = 0.5
# Over the mean of several rivals the lead is worth 2 to 6 points more than over the next one, which may be a near twin.
RIVALS = 4
MAX_LEAD = 0.25  # a narrow filter can leave the best match nearly alone; that must not make it certain


def lead_of(score: float, rivals: Sequence[float]) -> float:
    """How far a best match lies before the next groups, 0..`MAX_LEAD`; 0 if there are none.

    >>> round(lead_of(0.7, [0.6, 0.5]), 3)
    0.15
    """
    near = rivals[:RIVALS]
    return min(max(score - sum(near) / len(near), 0.0), MAX_LEAD) if near else 0.0


def familiarity(score: float, lead: float, strangeness: float, usual: float) -> float:
    """How much speaks for a thing that the shop sells: its best score, less what anything would score, and its lead.

    Things that look like many things (a plain box, a blurred crop) score high everywhere; score normalisation by a
    cohort of impostors is what speaker verification does against it (Auckenthaler et al. 2000).

    Args:
        score: cosine of the best match.
        lead: see `lead_of`.
        strangeness: mean cosine with the nearest distractors, see `distractors.Bank.strangeness`.
        usual: the same for a usual photo of the shop's own goods: keeps the result on the scale of a cosine.

    >>> round(familiarity(0.7, lead=0.1, strangeness=0.5, usual=0.4), 3)
    0.68
    """
    return score - STRANGENESS_WEIGHT * (strangeness - usual) + LEAD_WEIGHT * lead


def identity(score: float, lead: float) -> float:
    """How much speaks for this very product and not one like it: its score, and all of its lead.

    >>> round(identity(0.7, lead=0.1), 3)
    0.8
    """
    return score + lead


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a verdict asks for, fitted to one catalog.

    Attributes:
        similar, likely: least familiarity; `similar` <= `likely`.
        exact: least identity; what is exact is likely, too.
        weak_score: from the first match of a lower cosine on, the page sets matches apart, whatever the verdict.
        usual: the strangeness of a usual photo of the shop's goods.
        bank: which distractors they were fitted with; '' for none.
        dropped: rows of these distractors that the shop sells itself.
        pictures: how many pictures they were fitted on, 0 for the defaults.
    """

    similar: float
    likely: float
    exact: float
    weak_score: float = 0.35
    usual: float = 0.0
    bank: str = ""
    dropped: tuple[int, ...] = ()
    pictures: int = 0

    def judge(self, score: float, rivals: Sequence[float] = (), strangeness: float | None = None) -> Verdict:
        """The verdict on a best match of this score.

        Args:
            score: its cosine.
            rivals: cosines of the next groups, best first.
            strangeness: None where the distractors are not at hand: then the photo counts as a usual one.

        >>> Thresholds(similar=0.3, likely=0.6, exact=0.8).judge(0.7)
        'likely'
        """
        lead = lead_of(score, rivals)
        known = self.usual if strangeness is None else strangeness
        return self.decide(familiarity(score, lead, known, self.usual), identity(score, lead))

    def decide(self, familiar: float, certain: float) -> Verdict:
        """The verdict on a `familiarity` and an `identity`."""
        if familiar < self.likely:
            return "similar" if familiar >= self.similar else "none"
        return "exact" if certain >= self.exact else "likely"

    def to_json(self) -> str:
        """One JSON object, as it is stored with the collection."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Thresholds:
        """Read what `to_json` wrote; an empty text gives the defaults."""
        if not text:
            return DEFAULT
        values = json.loads(text)
        return cls(**values | {"dropped": tuple(values.get("dropped", ()))})


# For a catalog that was never calibrated: never claims "exact" lightly, never refuses lightly.
DEFAULT = Thresholds(similar=0.5, likely=0.7, exact=0.9)
