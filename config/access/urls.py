from django.urls import path

from config.access import passkeys, views

urlpatterns = [
    path("", views.give, name="second-factor"),
    path("mine/", views.mine, name="second-factor-mine"),
    path("link/<str:token>/", views.link, name="second-factor-link"),
    path("people/", views.people, name="second-factor-people"),
    path("passkeys/new/", passkeys.New.as_view(), name="passkey-new"),
    path("passkeys/made/", passkeys.Made.as_view(), name="passkey-made"),
    path("passkeys/ask/", passkeys.Ask.as_view(), name="passkey-ask"),
    path("passkeys/given/", passkeys.Given.as_view(), name="passkey-given"),
]
