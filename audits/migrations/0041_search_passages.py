"""Search in the passages that flags rest on."""

from importlib import import_module

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

search = import_module("contracts.migrations.0005_search")
phrases = import_module("contracts.migrations.0027_search_phrases")

PASSAGES = """(
    SELECT coalesce(string_agg(place ->> 'passage', {edge} ORDER BY turn), '')
    FROM jsonb_array_elements(evidence) WITH ORDINALITY AS places(place, turn)
)"""
TEXT = f"""
    CREATE OR REPLACE FUNCTION evidence_text(evidence jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100 AS $body$
    BEGIN
        RETURN {PASSAGES.format(edge=f"' ' || {phrases.EDGE} || ' '")};
    END
    $body$
"""
WORDS = search.words_function(
    "evidence_words", "evidence jsonb", names=["''"], prose=[PASSAGES.format(edge="' '")], language="''"
)


class Migration(migrations.Migration):
    # The version before goes on working while the index is built.
    atomic = False

    dependencies = [("audits", "0040_flag_cause_decided"), ("contracts", "0027_search_phrases")]

    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION evidence_text(jsonb)"),
        migrations.RunSQL(WORDS, "DROP FUNCTION evidence_words(jsonb)"),
        AddIndexConcurrently(
            "flag",
            models.Index(
                fields=["id"],
                condition=models.Q(("decision", "confirmed"), models.Q(("changed_because", ""), _negated=True)),
                name="flag_changed_confirmed",
            ),
        ),
        AddIndexConcurrently(
            "flag",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "evidence",
                    function="evidence_words",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="flag_passages",
            ),
        ),
    ]
