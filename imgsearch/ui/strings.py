"""All text of the page, by component; another language is another dict of the same keys.

Knows nothing of where a text appears. `{name}` is a placeholder that the page's scripts fill; a key that ends in `_one`
is the form for exactly one. Invariant: no text of the page stands anywhere else, error messages of the core excepted.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "Shop by image"
SHOP_TAB: Final = "Shop"
REVIEW_TAB: Final = "Review"

SHELL: Final = {
    "name": NAME,
    "tagline": "Point at anything in a photo and see what the shop sells that looks like it.",
    "theme": "Light or dark",
    "products": "{n} products",
    "preparing_title": "The shop is being prepared",
    "preparing_text": "Its pictures are read once, so that every search is quick. This page goes on by itself.",
    "preparing_models": "Loading the models …",
    "preparing_count": "{done} of {total} products",
    "failed_title": "The shop can't be opened",
    "server_gone_title": "The server does not answer",
    "server_gone": "It may be restarting. This page keeps trying, and goes on by itself when it is back.",
}

SOMETHING: Final = "Something"
"""A box on what the shop sells nothing like."""

PICKER: Final = {
    "welcome_title": "Find it from a photo",
    "welcome_text": "Drop a picture here, paste one, or start with a button.",
    "welcome_text_touch": "Take a picture of what you like, or choose one you have.",
    "choose": "Choose a photo",
    "camera": "Take a photo",
    "camera_title": "Camera",
    "camera_shoot": "Take the photo",
    "cancel": "Cancel",
    "samples_title": "Or try one of these",
    "sample_label": "Sample photo {n}",
    "photo_alt": "Your photo",
    "chips_label": "What to search for",
    "box_label": "{label}, {percent} sure. Search for this",
    "own_box_label": "Your own box. Arrow keys move it, shift and arrow keys resize it, Enter searches",
    "own_hint": "Drag the box or its corners to adjust it.",
    "draw_own": "Draw my own",
    "draw_hint": "Drag a box around what you want on the photo.",
    "whole": "Whole photo",
    "new_photo": "New photo",
    "reading": "Reading the photo",
    "found": "{n} things found in the photo",
    "found_one": "One thing found in the photo",
    "nothing_detected": "No single thing stands out here, so the whole photo was searched. Draw a box to search a "
    "part of it.",
    "no_detector": "Things in photos can't be found automatically here, because the detector's weights are missing. "
    "The whole photo was searched; draw a box around what you want.",
    "too_large": "This file is larger than {mib} MiB. Choose a smaller picture, or take a screenshot of it.",
    "upload_failed": "The photo could not be sent. Try it again, or choose another one.",
}

FILTERS: Final = {
    "category": "Category",
    "all_categories": "All categories",
    "fewer_categories": "Fewer categories",
    "price": "Price range",
    "price_min": "Lowest price",
    "price_max": "Highest price",
    "currency": "Currency",
    "in_stock_only": "In stock only",
    "sort": "Sort by",
    "sort_best": "Most alike first",
    "sort_price_asc": "Price: low to high",
    "sort_price_desc": "Price: high to low",
    "clear": "Clear",
}

RESULTS: Final = {
    "matches": "Matches, best first",
    "verdict_exact": "Found it: the shop sells this",
    "verdict_likely": "Very likely this one",
    "verdict_similar": "Similar things in the shop",
    "verdict_none": "Nothing in the shop looks like this",
    "more_like": "More like {title}",
    "matches_count": "{n} matches",
    "matches_count_one": "One match",
    "weak_count": "{n} distant look-alikes below",
    "weak_count_one": "One distant look-alike below",
    "looks_like": "Looks like {category}",
    "only_category": "Show only {category}",
    "closest_anyway": "The closest there is, though not alike",
    "less_alike": "Less alike",
    "answered_in": "answered in {ms}",
    "decode_ms": "read photo",
    "detect_ms": "find things",
    "embed_ms": "describe the target",
    "search_ms": "search the shop",
    "model": "Model {model}",
    "likeness": "{percent} alike",
    "likeness_title": "Cosine similarity {score}",
    "in_stock": "In stock",
    "sold_out": "Sold out",
    "no_price": "Price in the shop",
    "variants": "{n} variants",
    "variants_name": "Variants",
    "similar": "Similar",
    "similar_label": "More like {title}",
    "more_like_this": "More like this",
    "open_label": "{title}: details",
    "open_shop": "See it in the shop",
    "show_more": "Show more",
    "details": "Product details",
    "position": "{n} of {total}",
    "previous": "Previous match",
    "next": "Next match",
    "close": "Close",
    "your_target": "What you chose",
    "this_product": "In the shop",
    "color": "Colour",
    "material": "Material",
    "product_id": "Product number",
    "category": "Category",
    "no_match_title": "Nothing matches these filters",
    "no_match": "Take a filter away to see matches again.",
    "drop_category": "Any category",
    "drop_price": "Any price",
    "drop_in_stock": "Sold-out ones, too",
    "drop_all": "Clear all filters",
    "empty_shop_title": "The shop is empty",
    "empty_shop": "Import a catalog first: python -m imgsearch import FEED",
    "slow": "The server is busy and has not answered for half a minute.",
    "try_again": "Try again",
}

REVIEW: Final = {
    "position": "Query {n} of {total}",
    "complete": "Queries graded",
    "complete_value": "{n} of {total}",
    "precision_at_1": "Precision@1",
    "precision_at_5": "Precision@5",
    "precision_at_10": "Precision@10",
    "ndcg_at_10": "nDCG@10",
    "mrr": "MRR",
    "not_yet": "–",
    "interval": "{low} to {high} · {n} queries",
    "interval_one": "{low} to {high} · one query",
    "interval_title": "95 % interval (Wilson), over the queries whose matches are graded that far",
    "rule": "Right is what you grade Exact or Substitute: precision counts these. nDCG weighs Exact 1, Substitute 0.1, "
    "Complement 0.01, Irrelevant 0, against the best order of what you graded. MRR looks for the first Exact. A figure "
    "counts a query once its matches are graded that far; ranges are 95 % intervals.",
    "photo_alt": "The photo, with a box around what was searched",
    "crop_alt": "What was searched",
    "matches": "Matches, best first",
    "match_label": "Match {n}: {title}",
    "grade_E": "Exact",
    "grade_S": "Substitute",
    "grade_C": "Complement",
    "grade_I": "Irrelevant",
    "meaning_E": "this very product",
    "meaning_S": "another that would do: a look-alike, another colour or size",
    "meaning_C": "not it, but goes with it",
    "meaning_I": "something else",
    "grade_label": "{grade}: match {n} (key {key})",
    "graded": "Match {n} of {total}: {grade}",
    "ungraded": "Match {n} of {total}: not graded",
    "guide_title": "What the grades mean, and what the figures count",
    "key_match": "match",
    "key_enter": "Enter",
    "key_next": "next query",
    "key_undo": "undo",
    "previous": "Previous",
    "next": "Next query",
    "undo": "Undo",
    "reveal": "Show the right product",
    "hide": "Hide the right product",
    "reveal_none": "The right product is not in the shop any more.",
    "note": "Note on this query",
    "note_saved": "Note saved",
    "export_csv": "Export CSV",
    "export_json": "JSON",
    "export_json_label": "Export JSON",
    "exported": "{name} was saved to your downloads.",
    "in_visit": "This page is public: your grades last as long as your visit, and only you see them. Export them to "
    "keep them.",
    "all_done_title": "Every query is graded",
    "all_done": "The figures above are complete. Export the grades, or go back and change one.",
    "unsaved_title": "The grade of match {n} was not saved",
    "failed_title": "This did not work",
    "no_answer": "The server does not answer; try it again.",
    "query_failed_title": "This query can't be shown",
    "no_queries_title": "Nothing to review yet",
    "nothing_found": "The search found nothing for this query; go on with the next one.",
    "try_again": "Try again",
}

REVIEW_NO_QUERIES: Final = (
    "Review needs queries: put a QUERIES.csv at {path}, with the columns image and relevant (product ids joined by |) "
    "and, for a part of a picture, x1, y1, x2 and y2 in pixels."
)
REVIEW_DEMO_ONLY: Final = (
    "On a public page only the demo shop can be reviewed; run the page on your own machine to review this shop."
)

UNEXPECTED: Final = "Something went wrong on the server. Try it again; if it happens again, choose another photo."
NOT_UPLOADED: Final = "That file was not sent to this page; choose a photo again."
PHOTO_GONE: Final = "The photo is no longer in the server's memory; choose it again."
PREPARING: Final = "The shop is still being prepared; try again in a moment."
LOGIN: Final = "This shop asks for a name and a password."
