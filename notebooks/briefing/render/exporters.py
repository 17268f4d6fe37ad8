"""Both writers as exporters of nbconvert, so that the stock command renders a chapter too:

    jupyter nbconvert --to briefing.render.html.BriefingHTML build/default/chapters/1-trade.ipynb

They stand apart since nbconvert takes long to import; what they do is done in html.py and pdf.py.
"""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from .html import page
from .pdf import pdf

Resources = dict[str, Any]


class _Briefing(Exporter):
    """An executed chapter; or, where resources hold a `document`, that document."""

    def _document(
        self, nb: NotebookNode, resources: Resources | None, options: dict[str, Any]
    ) -> tuple[dict[str, Any], Resources]:
        if resources and "document" in resources:  # nbconvert would copy it, number by number
            return resources["document"], self._init_resources(resources)
        from .render import document_of  # which renders through these exporters

        notebook, resources = super().from_notebook_node(nb, resources, **options)
        return document_of(notebook, resources["metadata"]["name"]), resources


class BriefingHTML(_Briefing):
    """One HTML page."""

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own give text and bytes too
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """The page, and the resources. Raises ChapterFailed where a chapter cannot be shown."""
        document, resources = self._document(nb, resources, options)
        return page(document), resources


class BriefingPDF(_Briefing):
    """One PDF; with `front` among the resources they get its first page as PNG."""

    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own give text and bytes too
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[bytes, Resources]:
        """The PDF, and the resources. Raises PdfFailed where it cannot be set."""
        document, resources = self._document(nb, resources, options)
        made, front = pdf(document, picture=bool(resources.get("front")))
        resources["front"] = front
        return made, resources
