"""
Words are found in the other number too: PostgreSQL's stemmers know no plural in which the stem changes.

Only what is asked for changes, and no index: `aquisições` looks for `aquisição` as well, and the other way round.
"""

from importlib import import_module

from django.db import migrations

search = import_module("contracts.migrations.0005_search")

# Endings of a folded word → that of its other number; the first one that fits.
NUMBERS = [
    ("oes", "ao"),  # aquisições, aquisição
    ("aes", "ao"),  # alemães, alemão
    ("ao", "oes"),
    ("(?<=[aeou])is", "l"),  # policiais, policial; móveis, móvel
    ("(?<=[aeou])l", "is"),
    ("ns", "m"),  # imagens, imagem
    ("(?<=[aeiou])m", "ns"),
    ("ces", "z"),  # luces, luz
    ("zes", "z"),  # luzes, luz
    ("z", "ces"),
]
CASES = "\n".join(rf"WHEN word ~ '{end}$' THEN regexp_replace(word, '{end}$', '{other}')" for end, other in NUMBERS)
# Shorter words have no plural of these.
MIN_LENGTH = 3
# What the words are looked for as, in each language that has such plurals.
STEMS = {"spanish": search.SPANISH, "portuguese": search.PORTUGUESE}
OTHERS = " || ".join(
    f"plainto_tsquery('pg_catalog.{language}', {accents.format('other')})" for language, accents in STEMS.items()
)
LAST = "english := plainto_tsquery('pg_catalog.english', word);"
# Between what is worked out for a word and what is made of it.
OTHER_NUMBER = rf"""{LAST}
            other := CASE WHEN length(word) < {MIN_LENGTH} THEN NULL
                {CASES} END;
            IF other IS NOT NULL THEN
                whole := whole || {OTHERS};
            END IF;
"""


def with_plurals(query: str) -> str:
    """Return the SQL of the function of 0005 with the other number of each word."""
    declared = query.replace("word text;", "word text;\n        other text;", 1)
    return declared.replace(LAST, OTHER_NUMBER, 1)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0044_contracts_of_several")]

    operations = [migrations.RunSQL(with_plurals(search.QUERY), search.QUERY)]
