"""A quantity with bounds, its arithmetic and how it is printed; and periods.

Imports nothing of ours.
"""
