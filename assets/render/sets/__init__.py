"""The demo's rooms: one set a file, each with SLOTS (slot name -> product family) and build(stage) -> View."""
