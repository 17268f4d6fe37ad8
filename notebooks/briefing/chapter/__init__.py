"""What a notebook imports: checked parameters, prose, tables and charts."""

from .chapter import Chapter, open_chapter
from .prose import line, listed
from .tables import claims_table, events_table

__all__ = ["Chapter", "claims_table", "events_table", "line", "listed", "open_chapter"]
