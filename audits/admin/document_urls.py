"""Addresses of documents."""

from django.urls import path, register_converter

from audits.admin import document_pages


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    @staticmethod
    def to_python(value: str) -> str:
        return value

    to_url = to_python


register_converter(Sha256Converter, "sha256")

urlpatterns = [
    path("<sha256:sha256>/pages/<int:number>", document_pages.page, name="document-page"),
    path("<sha256:sha256>/pages/<int:number>.png", document_pages.picture, name="document-picture"),
    path("<sha256:sha256>/copy", document_pages.copy, name="document-copy"),
]
