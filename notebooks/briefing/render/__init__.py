"""Executed chapters to documents: HTML, PDF, exhibits and the manifest."""

import sys

# nbformat checks notebooks with jsonschema, which takes a second to load a grammar of
# international addresses; it does without where that cannot be imported, and so can we.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
