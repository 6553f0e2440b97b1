"""Scores against public test sets, which stay outside this tree; docs/corpora.md shows them and how to get them."""
