"""Second factors have pages of their own, which show no secrets: the lists of their packages are closed."""

from django.contrib import admin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

for model in (StaticDevice, TOTPDevice, WebAuthnCredential):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
