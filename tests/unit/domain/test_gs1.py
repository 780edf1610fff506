"""GS1 codes as scanners send them, with and without the separator (FNC1)."""

from __future__ import annotations

import pytest

from clinicdesk.domain.entry.lots import read_lot_code
from clinicdesk.domain.gs1 import elements
from clinicdesk.domain.medication.labels import read_label

PRODUCT = "0100312345678901"
PARTS = {"01": "00312345678901", "17": "270630", "10": "LOT7"}


@pytest.mark.parametrize(
    "code",
    [
        PRODUCT + "1727063010LOT7",
        "]d2" + PRODUCT + "1727063010LOT7",
        "\x1d" + PRODUCT + "10LOT7\x1d17270630",
        "(01)00312345678901(17)270630(10)LOT7",
    ],
    ids=["plain", "symbology", "separators", "brackets"],
)
def test_the_parts_are_read_however_they_are_sent(code: str) -> None:
    assert elements(code) == PARTS


@pytest.mark.parametrize(
    "code", ["", "01", "0100312", "10LOT7", "LOT7", PRODUCT + "99X", PRODUCT + "10" + "A" * 21, "01ABCDEFGHIJKLMN"]
)
def test_what_names_no_product_or_is_cut_off_is_no_such_code(code: str) -> None:
    assert elements(code) is None


def test_m03_a_serial_before_the_lot_hides_neither_drug_nor_lot() -> None:
    code = PRODUCT + "21SERIAL9\x1d1727063010LOT7"
    assert (read_label(code).lot_number, read_label(code).drug_codes) == ("LOT7", frozenset({"1234567890"}))
    lot = read_lot_code(code)
    assert lot is not None
    assert lot.number == "LOT7"
