"""Tables to values: loading and checking a dossier, its texts, and the numerals in them."""
