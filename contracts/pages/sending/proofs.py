"""The page that checks proofs; what is sent to it is kept nowhere."""

import hashlib

from django.http import HttpRequest, HttpResponse

from contracts.pages.rendering import answer, form_page
from contracts.proofs import BadProofError, Proof, read_proof
from contracts.signing_key import public_key


@form_page
def proof(request: HttpRequest, language: str) -> HttpResponse:
    """Tell what a proof proves, and whether a file or a text is what it is about."""
    key = public_key()
    text = request.POST.get("proof", "")
    found: Proof | None = None
    if key and text:
        try:
            found = read_proof(text, key)
        except BadProofError:
            found = None
    digest = _digest(request)
    return answer(
        request,
        "sending/proof.html",
        language,
        status=400 if text and not found else 200,
        key=key,
        text=text,
        proof=found,
        written=request.POST.get("written", ""),
        has_digest=bool(digest),
        is_same=found is not None and digest == found.sha256,
    )


def _digest(request: HttpRequest) -> str:
    """Return the SHA-256 of the file or the text that came with a proof, empty if none did."""
    file = request.FILES.get("file")
    # Browsers write the ends of lines otherwise than the form did.
    written = request.POST.get("written", "").replace("\r\n", "\n").strip()
    if file is None and not written:
        return ""
    digest = hashlib.sha256()
    for chunk in file.chunks() if file else [written.encode("utf-8", "replace")]:
        digest.update(chunk)
    return digest.hexdigest()
