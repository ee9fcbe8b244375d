"""The figures of the two model cards: measured, kept as JSON, written into the cards' marked blocks.

    command --> workbench --> embedder_sections (retrieval, faults, catalog_size) --> tables --> blocks --> *.md
                         \\--> detector_sections --------------------------------/
                                        \\--> figures.json

`python -m imgsearch.train.cards`, or `make cards`. A section is one set of figures, one key of the JSON and one block
of a card. Invariants: no figure in a block is written by hand; what is not measured in a run stays as it was, and every
section says which weights it was measured with.
"""
