"""Words find the pages of documents; for highlights, only those words of a text are looked at that may be meant."""

from importlib import import_module

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

search = import_module("contracts.migrations.0005_search")
phrases = import_module("contracts.migrations.0027_search_phrases")
windows = import_module("contracts.migrations.0036_search_windows")
statistics = import_module("contracts.migrations.0060_words_without_statistics")

# In Spanish and Portuguese: nobody says in which language a document is.
FUNCTION = search.words_function("page_words", "page text", names=["''"], prose=["page"], language="''")
WORDS = models.Func(models.F("text"), function="page_words", output_field=SearchVectorField())

# Of the some 400 different words of a page not all are stemmed, which takes most of the time: a stem begins with the
# letter that its word begins with.
_QUERY = "query tsquery;"
_TEXT = "one := left("
_DIFFERENT = "FROM (SELECT DISTINCT word FROM pieces) AS different\n                    WHERE "
_FOUND = "ARRAY[word]) @@ query"
HIGHLIGHTS = (
    phrases.HIGHLIGHTS.replace(_QUERY, f"{_QUERY} firsts text[];")
    .replace(
        _TEXT,
        f"""firsts := ARRAY(
                SELECT DISTINCT left({search.folded("lexeme[1]")}, 1)
                FROM regexp_matches(query::text, '''([^'']+)''', 'g') AS lexeme
            );
            {_TEXT}""",
    )
    .replace(_DIFFERENT, f"{_DIFFERENT}CASE WHEN left({search.folded('word')}, 1) = ANY (firsts) THEN ")
    .replace(_FOUND, f"{_FOUND} END")
)


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("contracts", "0077_corrections")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION page_words(text)"),
        AddIndexConcurrently("documentpage", GinIndex(WORDS, windows.WINDOW, name="page_words_newest")),
        statistics.without_statistics("page_words_newest"),
        migrations.RunSQL(HIGHLIGHTS, phrases.HIGHLIGHTS),
    ]
