from django.urls import path
from django_otp_webauthn import views as passkeys

from config.access import views

urlpatterns = [
    path("", views.give, name="second-factor"),
    path("mine/", views.mine, name="second-factor-mine"),
    path("people/", views.people, name="second-factor-people"),
    path("passkeys/new/", passkeys.BeginCredentialRegistrationView.as_view(), name="passkey-new"),
    path("passkeys/made/", passkeys.CompleteCredentialRegistrationView.as_view(), name="passkey-made"),
    path("passkeys/ask/", passkeys.BeginCredentialAuthenticationView.as_view(), name="passkey-ask"),
    path("passkeys/given/", passkeys.CompleteCredentialAuthenticationView.as_view(), name="passkey-given"),
]
