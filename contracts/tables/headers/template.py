"""The empty table that people fill in: the headers of ``general.toml`` in a language, with what to write below."""

import io
from collections.abc import Mapping

import xlsxwriter

from contracts.tables.headers.mappings import template_headers

# In the order in which people describe a contract; other facts are for programs.
FACTS = (
    *("title", "description", "buyer", "supplier", "amount", "currency", "date_signed", "start_date", "end_date"),
    *("method", "country", "id", "buyer_id", "supplier_id", "financing", "source_url"),
)
_WIDTH = 24


def template(language: str, sheet: str, hints: Mapping[str, str]) -> bytes:
    """
    Return the template as XLSX.

    :param language: the language of the headers: ``es``, ``pt`` or ``en``
    :param sheet: the name of its sheet
    :param hints: fact → what to write in its column, shown beside the header
    """
    headers = template_headers(language)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True})
        # As text: an office program would turn 1/2 into a date, and drop leading zeros of ids.
        text = workbook.add_format({"num_format": "@"})
        page = workbook.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        for column, fact in enumerate(FACTS):
            page.set_column(column, column, _WIDTH, text)
            page.write_string(0, column, headers[fact], bold)
            if hint := hints.get(fact):
                page.write_comment(0, column, hint)
    return file.getvalue()
