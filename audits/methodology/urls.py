from django.urls import path

from audits.methodology import views

urlpatterns = [
    path("", views.index, name="methodology"),
    path("what-a-flag-is/", views.what_a_flag_is, name="what-a-flag-is"),
    path("reader/", views.reader_card, name="methodology-reader"),
    *(
        path(f"<str:code>/decisions.{kind}", views.rule_picture, {"kind": kind}, name="methodology-rule-picture")
        for kind in ("svg", "csv")
    ),
    path("<str:code>/", views.rule_page, name="methodology-rule"),
]
