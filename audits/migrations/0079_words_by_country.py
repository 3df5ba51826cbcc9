"""Words of passages are stemmed in the language of the country alone, where that is one of the two."""

from importlib import import_module

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

search = import_module("contracts.migrations.0005_search")
passages = import_module("audits.migrations.0041_search_passages")
windows = import_module("contracts.migrations.0036_search_windows")

# Unicode CLDR 47, supplementalData: where one of the two is an official language, and the other none.
SPANISH = "AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV UY VE".split()
PORTUGUESE = "AO BR CV GW MZ PT ST TL".split()
LANGUAGE = f"""
    CASE WHEN country = ANY('{{{",".join(SPANISH)}}}') THEN 'es'
         WHEN country = ANY('{{{",".join(PORTUGUESE)}}}') THEN 'pt' ELSE '' END
"""
WORDS = search.words_function(
    "evidence_words",
    "evidence jsonb, country text",
    names=["''"],
    prose=[passages.PASSAGES.format(edge="' '")],
    language=LANGUAGE,
)


def index(name: str, *columns: str) -> GinIndex:
    words = models.Func(*map(models.F, columns), function="evidence_words", output_field=SearchVectorField())
    return GinIndex(words, windows.WINDOW, name=name)


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("audits", "0078_known_answers")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION evidence_words(jsonb, text)"),
        AddIndexConcurrently("flag", index("flag_words_newest", "evidence", "country")),
        RemoveIndexConcurrently("flag", "flag_passages_newest"),
        migrations.RunSQL("DROP FUNCTION IF EXISTS evidence_words(jsonb)", passages.WORDS),
    ]
