"""Executed chapters to documents: HTML, PDF, exhibits and the manifest."""
