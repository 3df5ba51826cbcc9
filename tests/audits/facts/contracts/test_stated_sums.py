from decimal import Decimal

import pytest

from audits.facts.contracts.amendments import stated_sum
from contracts.ocds.parsing.objects import Amendment


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Prórroga. Importe: 63.198. Plazo: 12 meses", "63198"),
        ("Acréscimo de R$ 1.234,50", "1234.50"),
        ("Increase of 1,234.50 dollars", "1234.50"),
        ("Travaux. Montant: 178268", "178268"),
        ("Importe: 63.198,00", "63198"),
        ("Importe: 10.000. Importe: 20.000", None),
        ("Acréscimo de 24,50 %", None),
        ("Prórroga hasta el 31.12.24", None),
        ("Prórroga", None),
    ],
)
def test_a_change_tells_one_sum_by_its_cents_or_by_the_word_before_it(words, told):
    found = stated_sum(Amendment(path="/contracts/0/amendments/0", description=words))
    assert found == (None if told is None else Decimal(told))
