"""The commands of the command line, one group a file.

Every file has `add(commands, common)`, which describes its arguments, and for each command a `run` that returns the
JSON document and a `table` that shows the document to people. They import the heavy rooms only when they run, so
`--help` answers at once.
"""
