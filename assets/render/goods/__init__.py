"""The shop's articles, one file a department; each `articles` yields variant groups and single articles."""
