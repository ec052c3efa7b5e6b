"""Our own template workbook: the nine tables, the input sheets and the live checks, built by code.

``build`` gives the same bytes for the same content, always.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xlbudget.model.content import Content
from xlbudget.model.inputs import load_inputs
from xlbudget.model.layout import Area, Layout, defined_name, quoted

from . import input_sheets
from . import text_sheets as support
from .chart_sheet import write_charts
from .checks.sheet import CheckSheet
from .checks.writer import CheckWriter
from .ledger_sheet import write_ledger
from .macros import Macros, load_macros, with_ribbon, write_settings
from .reason_sheet import reason_rows, write_reasons
from .styles import SONG, Styles
from .table_sheets import TableWriter, unit_of
from .text_sheets import Results

__all__ = ["Layout", "Macros", "Results", "build", "defined_name", "load_macros"]

CREATED = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The creation date in every workbook: a build date would make equal contents differ."""


class _Workbook(Workbook):  # type: ignore[misc]
    def add_worksheet(self, name: str) -> Worksheet:
        return super().add_worksheet(name, worksheet_class=Sheet)


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that takes formulas as they are.

    XlsxWriter looks through each formula for every function newer than Excel 2010; ours use none,
    and with thousands of formulas the search took ten times as long as everything else.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")

    def _xml_formula_element(
        self, formula: str, result: object, attributes: list[tuple[str, object]]
    ) -> None:
        # Without its type an empty text reads as a formula that nobody has calculated.
        kind = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *kind])


def _amounts(content: Content) -> Callable[[str], float]:
    """A figure's amount in the content's unit, 0 where there is none."""
    unit = unit_of(content)
    return lambda name: float(unit.decimal(content.figures.get(name, 0)))


def _name_for_vba(workbook: Workbook, without: str) -> None:
    """Code names for the VBA project's modules.

    It has one for each sheet that every workbook has; Excel names the optional one when it opens it.
    """
    sheets = [sheet for sheet in workbook.worksheets() if sheet.get_name() != without]
    for number, sheet in enumerate(sheets, 1):
        sheet.set_vba_name(f"Sheet{number}")
    if len(sheets) < len(workbook.worksheets()):
        workbook.get_worksheet_by_name(without).vba_codename = ""


def build(
    content: Content, *, results: Results | None = None, macros: Macros | None = None
) -> bytes:
    """The template workbook holding ``content``, as the bytes of an .xlsx file.

    With ``macros`` (``load_macros()``), those of an .xlsm file with the ribbon.

    ``Content()`` gives the blank template.  Formulas carry their computed values, so that viewers
    that never recalculate show the right ones.
    """
    edition = content.form
    inputs = load_inputs(edition)
    layout = Layout(edition, content.codes)
    found = results or Results()
    buffer = BytesIO()
    workbook = _Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            # Columns are measured in digits of this font: that of nearly all our cells.
            "default_format_properties": {
                "font_name": SONG,
                "font_size": 10,
                "font_scheme": "none",
            },
        },
    )
    workbook.set_properties({"title": inputs.cover_title, "author": "xlbudget", "created": CREATED})
    workbook.set_calc_mode("auto")
    styles = Styles(workbook)
    cover = workbook.add_worksheet(inputs.cover_sheet)
    checks = CheckSheet(layout, content, inputs)
    check_writer = CheckWriter(checks, styles)
    reasons = reason_rows(content, checks.values.book)
    for table in layout.tables.values():
        sheet = workbook.add_worksheet(table.sheet)
        for area in table.amount_areas():
            support.mark_cells(sheet, area, styles)
        check_writer.mark_rows(sheet, table)
        TableWriter(sheet, table, content, styles, edition).write()
    for name, writer in (
        (inputs.last_year_sheet, input_sheets.write_last_year),
        (inputs.budget_sheet, input_sheets.write_budget),
        (inputs.facts_sheet, input_sheets.write_facts),
        (inputs.reasons_sheet, partial(write_reasons, rows=reasons)),
        (inputs.overview_sheet, input_sheets.write_overview),
    ):
        sheet = workbook.add_worksheet(name)
        if name != inputs.reasons_sheet:
            support.mark_cells(sheet, Area(name, 4, 3, 320, 3), styles)
        writer(sheet, inputs, content, styles)
    if content.ledger:
        write_ledger(workbook.add_worksheet(inputs.ledger_sheet), inputs, content, styles)
    check_writer.write(workbook.add_worksheet(inputs.checks_sheet))
    input_sheets.write_cover(cover, inputs, content, styles, checks.summary())
    support.write_findings(workbook.add_worksheet(inputs.findings_sheet), inputs, found, styles)
    support.write_report(workbook.add_worksheet(inputs.report_sheet), found, styles)
    charts_sheet = workbook.add_worksheet(inputs.charts_sheet)
    write_charts(workbook, charts_sheet, inputs, edition, _amounts(content), styles)
    support.write_dictionary(workbook.add_worksheet(inputs.dictionary_sheet), inputs, styles)
    support.write_local_rules(workbook.add_worksheet(inputs.local_rules_sheet), inputs, styles)
    support.write_guide(workbook.add_worksheet(inputs.guide_sheet), edition, styles)
    names = {
        **layout.defined_names(),
        **support.mark_areas(inputs),
        **support.dictionary_areas(inputs),
        **checks.grid.defined_names(),
    }
    for entry, row in input_sheets.cover_rows(inputs).items():
        names[f"cover_{entry}"] = Area(inputs.cover_sheet, row, 3, row, 3)
    texts = {name: f"{quoted(area.sheet)}!{area.local}" for name, area in names.items()}
    workbook.define_name(
        f"{quoted(inputs.dictionary_sheet)}!_xlnm.Print_Area",
        f"={support.dictionary_print_area(inputs)}",
    )
    for name, text in sorted({**texts, **checks.helpers.row_formulas()}.items()):
        workbook.define_name(name, f"={text}")
    if macros:
        settings = workbook.add_worksheet(inputs.settings_sheet)
        write_settings(settings, macros)
        settings.very_hidden()
        _name_for_vba(workbook, without=inputs.ledger_sheet)
        workbook.add_vba_project(BytesIO(macros.project), is_stream=True)
    cover.activate()
    workbook.close()
    data = buffer.getvalue()
    return with_ribbon(data, macros.ribbon) if macros else data
