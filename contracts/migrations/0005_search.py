"""
Search by words: what a row is found by, kept in indexes that PostgreSQL keeps right whoever writes, COPY too.

The indexes are built while the version before goes on working; no row is rewritten.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from contracts.postgres.indexes import AddIndexConcurrently

# What is indexed of one value, in characters: a title of megabytes neither fills the index nor stops a search.
MAX_LENGTH = 10_000
MAX_QUERY_LENGTH = 200
# Shorter words, and those with digits, are found whole only.
MIN_PREFIX_LENGTH = 4


def folded(text: str) -> str:
    """
    Return the SQL of a text without case and accents.

    Signs become spaces where the parser would read a number with a sign, a tag, an address, the name of a file, or, where
    the locale does not know them, letters. Letters fall apart into letter and mark; marks are dropped.
    """
    signs = r"[-./@_&<>+:~%#\u0080-\u00ac\u00ae-\u00bf\u2000-\u200a\u2010-\u205f\u3000-\u3003]"
    marks = r"[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]"
    spaced = f"regexp_replace({text}, '{signs}', ' ', 'g')"
    return f"lower(regexp_replace(normalize({spaced}, NFKD), '{marks}', '', 'g'))"


def cut(columns: list[str]) -> str:
    return folded(" || ' ' || ".join(f"left({column}, {MAX_LENGTH})" for column in columns))


# PostgreSQL's stemmers know endings by their accents: given back, "contratacion", "contratación" and "contrataciones"
# have one stem, which they have neither with all accents nor with none.
SPANISH = r"regexp_replace({}, '([csx])ion\M', '\1ión', 'g')"
PORTUGUESE = r"regexp_replace(regexp_replace({}, 'cao\M', 'ção', 'g'), 'coes\M', 'ções', 'g')"
# Prose is stemmed in its language, in Spanish and Portuguese if that is not known.
STEMS = f"""
    IF stemmer = 'en' THEN
        RETURN strip(found || to_tsvector('pg_catalog.english', prose));
    END IF;
    IF stemmer <> 'pt' THEN
        found := found || to_tsvector('pg_catalog.spanish', {SPANISH.format("prose")});
    END IF;
    IF stemmer <> 'es' THEN
        found := found || to_tsvector('pg_catalog.portuguese', {PORTUGUESE.format("prose")});
    END IF;
"""


def words_function(name: str, parameters: str, *, names: list[str], prose: list[str], language: str) -> str:
    """Return the SQL of a function of columns → what a row is found by; names are not stemmed."""
    # All that is called is in pg_catalog: an index is rebuilt and restored without a search path.
    return f"""
        CREATE OR REPLACE FUNCTION {name}({parameters}) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $body$
        DECLARE
            stemmer text := left({language}, 2);
            prose text := {cut(prose) if prose else "''"};
            found tsvector := to_tsvector('pg_catalog.simple', {cut(names)});
        BEGIN
            {STEMS if prose else ""}
            RETURN strip(found);
        END
        $body$
    """


QUERY = rf"""
    CREATE OR REPLACE FUNCTION search_query(words text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$
    DECLARE
        word text;
        whole tsquery;
        spanish tsquery;
        portuguese tsquery;
        english tsquery;
        found tsquery := '';
        stop_words tsquery := '';
    BEGIN
        FOREACH word IN ARRAY string_to_array({folded(f"left(words, {MAX_QUERY_LENGTH})")}, ' ') LOOP
            whole := plainto_tsquery('pg_catalog.simple', word);
            CONTINUE WHEN numnode(whole) = 0;
            -- letters alone need no quotes
            IF word ~ '^[^\u0001-\u0060\u007b-\u00bf\u2000-\u206f]{{{MIN_PREFIX_LENGTH},}}$' THEN
                whole := to_tsquery('pg_catalog.simple', word || ':*');
            END IF;
            spanish := plainto_tsquery('pg_catalog.spanish', {SPANISH.format("word")});
            portuguese := plainto_tsquery('pg_catalog.portuguese', {PORTUGUESE.format("word")});
            english := plainto_tsquery('pg_catalog.english', word);
            IF numnode(spanish) > 0 AND numnode(portuguese) > 0 AND numnode(english) > 0 THEN
                found := found && (whole || spanish || portuguese || english);
            ELSE
                stop_words := stop_words && (whole || spanish || portuguese || english);
            END IF;
        END LOOP;
        -- "de" counts only where nothing else is asked.
        RETURN CASE WHEN numnode(found) > 0 THEN found ELSE stop_words END;
    END
    $body$
"""

FUNCTIONS = [
    (
        words_function(
            "process_words",
            "language text, title text, description text, ocid text, buyer_name text, supplier_names text[]",
            names=["ocid", "array_to_string(supplier_names, ' ')"],
            prose=["title", "description", "buyer_name"],
            language="language",
        ),
        "DROP FUNCTION process_words(text, text, text, text, text, text[])",
    ),
    (
        words_function(
            "contract_words",
            "title text, supplier_names text[]",
            names=["array_to_string(supplier_names, ' ')"],
            prose=["title"],
            language="''",
        ),
        "DROP FUNCTION contract_words(text, text[])",
    ),
    (
        words_function(
            "organization_words",
            "name text, scheme text, identifier text",
            names=["name", "scheme", "identifier"],
            prose=[],
            language="''",
        ),
        "DROP FUNCTION organization_words(text, text, text)",
    ),
    (QUERY, "DROP FUNCTION search_query(text)"),
]
# A table → the columns that its function is given.
INDEXED = {
    "contractingprocess": (
        "process_words",
        ["language", "title", "description", "ocid", "buyer_name", "supplier_names"],
    ),
    "contract": ("contract_words", ["title", "supplier_names"]),
    "organization": ("organization_words", ["name", "scheme", "identifier"]),
}


def words_index(model: str, name: str, columns: list[str]) -> Operation:
    field = django.contrib.postgres.search.SearchVectorField()
    vector = models.Func(*map(models.F, columns), function=name, output_field=field)
    return AddIndexConcurrently(model, django.contrib.postgres.indexes.GinIndex(vector, name=name))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0004_problems_as_codes")]

    operations = [
        *(migrations.RunSQL(create, drop) for create, drop in FUNCTIONS),
        *(words_index(model, *indexed) for model, indexed in INDEXED.items()),
    ]
