from django.urls import path, register_converter
from django.urls.converters import StringConverter

from audits.methodology import lists, texts_then, views


class RuleConverter(StringConverter):
    """The code of a rule in any case: views lead to the address in capitals."""

    def to_python(self, value: str) -> str:
        return value.upper()


register_converter(RuleConverter, "rule")

urlpatterns = [
    path("", views.index, name="methodology"),
    path("what-a-flag-is/", views.what_a_flag_is, name="what-a-flag-is"),
    path("reader/", views.reader_card, name="methodology-reader"),
    path("lists/", lists.index, name="methodology-lists"),
    path("lists/<slug:code>/", lists.page, name="methodology-list"),
    *(
        path(f"<rule:code>/decisions.{kind}", views.rule_picture, {"kind": kind}, name="methodology-rule-picture")
        for kind in ("svg", "csv", "xlsx", "json")
    ),
    path("<rule:code>/texts/<slug:digest>/", texts_then.page, name="methodology-text"),
    path("<rule:code>/", views.rule_page, name="methodology-rule"),
]
