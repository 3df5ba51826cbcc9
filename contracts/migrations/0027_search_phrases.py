"""What phrases are looked for in, and where the words of a search stand in a text."""

from importlib import import_module

from django.db import migrations

search = import_module("contracts.migrations.0005_search")

# Between two texts: no phrase holds it.
EDGE = "chr(1)"
# What is neither letter nor digit, but for the edge, once a text is folded.
SIGNS = r"\u0002-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u3003"
TEXT = rf"""
    CREATE OR REPLACE FUNCTION search_text(texts text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $body$
    DECLARE
        one text;
        joined text := '';
    BEGIN
        FOREACH one IN ARRAY texts LOOP
            joined := joined || ' ' || {EDGE} || ' ' || left(coalesce(one, ''), {search.MAX_LENGTH});
        END LOOP;
        RETURN ' ' || btrim(regexp_replace({search.folded("joined")}, '[{SIGNS}]+', ' ', 'g'), ' ' || {EDGE}) || ' ';
    END
    $body$
"""
# Characters around a word that was found; passages of one field.
AROUND = 80
MAX_PASSAGES = 3
# As they are written: capitals are letters too.
BETWEEN_WORDS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f"
)
HIGHLIGHTS = rf"""
    CREATE OR REPLACE FUNCTION search_highlights(language text, fields text[], texts text[], words text[])
    RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $body$
    DECLARE
        found jsonb := '[]';
        one text;
        query tsquery;
        place record;
        since int;
        until int;
        marks jsonb;
        number int;
    BEGIN
        FOR field IN 1 .. cardinality(fields) LOOP
            -- Any of the words: folded ones hold no ampersand.
            query := replace(search_query(words[field])::text, ' & ', ' | ')::tsquery;
            CONTINUE WHEN numnode(query) = 0;
            one := left(texts[field], {search.MAX_LENGTH});
            since := NULL;
            number := 0;
            FOR place IN
                WITH pieces AS MATERIALIZED (
                    SELECT turn, length(piece[1]) AS before, piece[2] AS word
                    FROM regexp_matches(one, '([{BETWEEN_WORDS}]*)([^{BETWEEN_WORDS}]+)', 'g')
                        WITH ORDINALITY AS piece(piece, turn)
                ), hits AS MATERIALIZED (
                    SELECT word FROM (SELECT DISTINCT word FROM pieces) AS different
                    WHERE process_words(language, word, '', '', '', ARRAY[word]) @@ query
                ), placed AS (
                    SELECT word, turn, sum(before + length(word)) OVER (ORDER BY turn)::int AS last FROM pieces
                )
                SELECT last - length(word) AS first, last FROM placed JOIN hits USING (word) ORDER BY turn
            LOOP
                IF since IS NOT NULL AND place.first - {AROUND} > until THEN
                    found := found || jsonb_build_object(
                        'field', fields[field], 'passage', substr(one, since + 1, until - since), 'marks', marks);
                    since := NULL;
                    number := number + 1;
                    EXIT WHEN number = {MAX_PASSAGES};
                END IF;
                IF since IS NULL THEN
                    since := greatest(place.first - {AROUND}, 0);
                    marks := '[]';
                END IF;
                until := least(place.last + {AROUND}, length(one));
                marks := marks || jsonb_build_array(jsonb_build_array(place.first - since, place.last - since));
            END LOOP;
            IF since IS NOT NULL THEN
                found := found || jsonb_build_object(
                    'field', fields[field], 'passage', substr(one, since + 1, until - since), 'marks', marks);
            END IF;
        END LOOP;
        RETURN found;
    END
    $body$
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0026_dollar_indexes")]

    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION search_text(text[])"),
        migrations.RunSQL(HIGHLIGHTS, "DROP FUNCTION search_highlights(text, text[], text[], text[])"),
    ]
