"""Refused rows as a workbook: to be mended where they stand, and imported again."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from houqin.foundation.roster import words
from houqin.foundation.roster.preview import Row

#: A workbook with this title lists some people, so nobody leaves for not being in it.
PARTIAL = "未接收的行"
_VALUES = ("name", "unit", "section", "id_number", "mobile", "post", "remark")
_WIDTHS = (16, 12, 24, 18, 22, 16, 14, 20, 34, 34)


def of_refused(rows: list[Row]) -> bytes:
    """The rows with where they stood, why they were refused and how to mend it; the value at fault is marked."""
    # Not for every process: it takes numpy along, which is here for learning from letters.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = PARTIAL
    sheet.append(
        [_("原位置"), *(str(words.FIELDS[name]) for name in _VALUES), _("未接收的原因"), _("怎样改")]
    )
    for row in rows:
        sheet.append(
            [_safe(row.at), *(_safe(row.values.get(name, "")) for name in _VALUES), row.why, row.mend]
        )
        if row.fault in _VALUES:
            cell = sheet.cell(sheet.max_row, 2 + _VALUES.index(row.fault))
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
    for letter, width in zip("ABCDEFGHIJ", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet[f"{letter}1"].alignment = Alignment(vertical="center")
    for cells in sheet.iter_rows(min_row=2, min_col=1, max_col=8):
        for cell in cells:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
