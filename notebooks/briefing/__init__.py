"""A briefing from coded, located claims: every number can be followed back to its words.

The ground floor is `value` (quantities with bounds) and `faults` (what goes wrong). Three
wings stand on it, each knowing only those before it: `dossier` (tables to values),
`report` (what a notebook imports) and `render` (executed notebooks to documents).
"""
