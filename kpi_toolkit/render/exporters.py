"""nbconvert's way to the pages: `jupyter nbconvert --to kpi-html` and `--to kpi-pdf`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from kpi_toolkit.config import project_folder
from kpi_toolkit.errors import KpiError
from kpi_toolkit.render.document import Document, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf


class _KpiExporter(Exporter):
    def _export(
        self,
        notebook: NotebookNode,
        resources: Any,
        write: Callable[[Document, Path | None], str | bytes],
        **kw: Any,
    ) -> tuple[str | bytes, Any]:
        notebook, resources = super().from_notebook_node(notebook, resources, **kw)
        try:
            document = read(notebook)
            for warning in document.warnings:
                self.log.warning(warning)
            return write(document, project_folder()), resources
        except KpiError as error:
            # That module loads every exporter while it is imported, this one too.
            from nbconvert.nbconvertapp import NbConvertApp

            # The command would print a traceback; a library's caller gets the exception.
            if not NbConvertApp.initialized():
                raise
            self.log.error(str(error))
            raise SystemExit(error.exit_code) from None


class KpiHtmlExporter(_KpiExporter):
    """An executed report notebook as one self-contained HTML file."""

    export_from_notebook = "KPI report (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """The page and nbconvert's resources."""
        return self._export(nb, resources, page, **kw)


class KpiPdfExporter(_KpiExporter):
    """An executed report notebook as a tagged PDF."""

    export_from_notebook = "KPI report (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """The PDF's bytes and nbconvert's resources."""
        return self._export(nb, resources, pdf, **kw)
