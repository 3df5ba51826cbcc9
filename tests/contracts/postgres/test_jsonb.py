"""Values that jsonb cannot store never reach it."""

import json

from django.db import connection

from contracts.postgres.jsonb import storable


def test_signs_stand_for_what_jsonb_refuses(db):
    value = {"a\x00": ["b\x00", "\ud800", 1, None, {"c": "ñ"}]}
    kept = storable(value)
    assert kept == {"a␀": ["b␀", "\N{REPLACEMENT CHARACTER}", 1, None, {"c": "ñ"}]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [json.dumps(kept)])
        assert cursor.fetchone()
