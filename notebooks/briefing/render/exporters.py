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

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[Any, Resources]:
        """The file, and the resources. Raises ChapterFailed where a chapter cannot be shown."""
        if resources and "document" in resources:  # nbconvert would copy it, number by number
            document, resources = resources["document"], self._init_resources(resources)
        else:
            from .render import document_of  # which renders through these exporters

            notebook, resources = super().from_notebook_node(nb, resources, **options)
            document = document_of(notebook, resources["metadata"]["name"])
        return self._made(document, resources), resources

    def _made(self, document: dict[str, Any], resources: Resources) -> Any:
        raise NotImplementedError


class BriefingHTML(_Briefing):
    """One HTML page."""

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _made(self, document: dict[str, Any], resources: Resources) -> str:
        return page(document)


class BriefingPDF(_Briefing):
    """One PDF; what `fronts` among the resources ask for of its first page is put there."""

    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def _made(self, document: dict[str, Any], resources: Resources) -> bytes:
        made, *resources["fronts"] = pdf(document, *resources.get("fronts", ()))
        return made
