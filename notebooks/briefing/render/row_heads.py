"""Row heads in the tags of a finished PDF.

Here is what Typst does not write: it tags the heads of columns only, so that a screen reader
read figures out without the name of their row. How a table looks belongs to templates/briefing.typ.
"""

from __future__ import annotations

from io import BytesIO

import pikepdf


def with_row_heads(made: bytes) -> tuple[bytes, int]:
    """Tag the first cell of each row of a table's body as the row's head; and count the pages.

    Typst tags heads of columns only, and has each cell name its own; cells then name both. The
    objects are packed, which makes the file a third as large.
    """
    with pikepdf.open(BytesIO(made)) as file:
        tagged = [it for it in file.objects if isinstance(it, pikepdf.Dictionary) and "/K" in it]
        bodies = [it for it in tagged if it.get("/S") == pikepdf.Name.TBody]
        ids = pikepdf.NameTree(file.Root.StructTreeRoot.IDTree) if bodies else {}
        for place, row in enumerate(row for body in bodies for row in body.K):
            head, *cells = row.K
            head.S, head.ID = pikepdf.Name.TH, pikepdf.String(f"row-{place}")
            head.A[0].Scope = pikepdf.Name.Row
            ids[f"row-{place}"] = head
            for cell in cells:
                cell.A[0].Headers.append(head.ID)
        saved, packed = BytesIO(), pikepdf.ObjectStreamMode.generate
        file.save(
            saved, object_stream_mode=packed, deterministic_id=True, fix_metadata_version=False
        )
        return saved.getvalue(), len(file.pages)
