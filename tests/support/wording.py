"""Words that nothing here uses of anyone."""

import re
import string

FORBIDDEN = re.compile(
    r"\b(frau\w*|suspicio\w*|guilt\w*|scor(e|es|ing)|corrupt\w*|fraude\w*|fraudul\w*|sospech\w*|suspeit\w*|culpab\w*"
    r"|culpad\w*|culp[ao]s?|puntaje\w*|puntuaci\w*|pontua\w*|delit\w*|irregular\w*|ilegal\w*|illegal\w*)\b",
    re.IGNORECASE,
)


def placeholders(template):
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}
