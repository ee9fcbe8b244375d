"""The review of matches: queries with a known picture, people's grades for what the search found, figures, export.

Invariant: what was judged does not change later; a list is kept with its grades as it was shown.
"""
