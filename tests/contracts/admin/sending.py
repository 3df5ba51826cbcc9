"""Files that leads upload in the admin."""

from django.core.files.uploadedfile import SimpleUploadedFile

ADD = "/admin/contracts/submission/add/"


def send(client, content: bytes, name="package.json", **fields):
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), "publisher": "", **fields})
