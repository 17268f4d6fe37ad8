"""A briefing from coded, located claims: every number can be followed back to its words.

The ground floor is `value` (quantities with bounds) and `faults` (what goes wrong). Three
wings stand on it, each knowing only those before it: `dossier` (tables to values),
`chapter` (what a notebook imports) and `press` (executed notebooks to documents).
"""
