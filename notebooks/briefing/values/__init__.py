"""A quantity with bounds, its arithmetic, columns of it, and how it is told; and periods.

Imports nothing of ours.
"""
