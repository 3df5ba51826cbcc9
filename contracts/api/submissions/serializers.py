"""What the API says of submissions: receipts, results, dry runs."""

from rest_framework import serializers

from contracts.api.addresses import ProcessLink
from contracts.api.protocol.columns import texts
from contracts.api.protocol.schema import ProblemErrorSerializer
from contracts.api.sources import Source, verification
from contracts.api.submissions.corrections import CorrectionSerializer, TrialCorrectionSerializer
from contracts.intake.duplicates.same_contracts import Agreement
from contracts.models import Submission


class SameContract(serializers.Serializer):
    """A contract on record that is the one that was sent. It is told and changes nothing: a person decides."""

    ocid = serializers.CharField(help_text="As it was sent, or was made of what was sent.")
    contract_id = serializers.CharField(help_text="As it was sent; empty if it has none.")
    agrees = serializers.ChoiceField(
        choices=[agreement.value for agreement in Agreement],
        help_text="ocid; number: that of the contract, and the buyer; facts: buyer, supplier, value and date; "
        "facts_without_date: one of the two has no date. Organizations agree by a number or by their folded names.",
    )
    detail = serializers.CharField()
    known_ocid = serializers.CharField(help_text="Of a public record, or of something of yours that is still held.")
    known_contract_id = serializers.CharField()
    url = serializers.URLField(allow_null=True, help_text="Of the record, if it is public.")


class Receipt(serializers.Serializer):
    id = serializers.UUIDField()
    status_url = serializers.URLField(help_text="Address of the result.")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    sha256 = serializers.CharField(help_text="Of the bytes as they arrived.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    state = serializers.CharField(help_text="received, processing, processed, failed")
    unchanged = serializers.BooleanField(help_text="The same bytes were sent before: nothing changed.")
    same_contracts = SameContract(
        many=True,
        help_text="What is on record already of the first release of a submission of at most 2 MiB; its status tells "
        "of the first hundred contracts that are held.",
    )


class ProcessAddress(serializers.Serializer):
    ocid = serializers.CharField()
    url = ProcessLink(source="ocid")
    source = Source()  # type: ignore[assignment]  # a field of this name
    verification = verification()


class ClaimRow(serializers.Serializer):
    """What it says of an ocid for whose publisher its sender does not speak, or repeats of what they sent before."""

    ocid = serializers.CharField()
    state = serializers.CharField(
        help_text="held (not public until a person accepts it), accepted, accepted_in_part, rejected"
    )
    told = serializers.CharField(help_text="What the person who decided says of it to its sender; empty if nothing.")
    submission = serializers.UUIDField(help_text="This one, or an earlier one of yours that said the same.")


def _count(help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(required=False, help_text=help_text)


class Counts(serializers.Serializer):
    """Of records, or of a document: `pages` and what follows."""

    releases_read = _count()
    releases_new = _count()
    releases_known = _count("Public, or sent by you before; they changed nothing.")
    processes = _count()
    awards = _count()
    contracts = _count()
    bids = _count()
    organizations = _count()
    corrections = _count()
    pages = _count()
    pages_read = _count("Those in which text was found.")
    ocr_pages = _count("Those read by OCR.")
    characters = _count()


class SheetRow(serializers.Serializer):
    """What became of a sheet of a table; the problems point to its rows and cells."""

    sheet = serializers.CharField(help_text="Empty for CSV.")
    mapping = serializers.CharField(help_text="Whose export it is, or `general`; empty if its columns are not known.")
    title = serializers.CharField(help_text="Of the mapping.")
    header_row = serializers.IntegerField()
    columns = serializers.DictField(
        child=serializers.CharField(), help_text="Header → fact, or path into the release."
    )
    unused = serializers.ListField(child=serializers.CharField(), help_text="Headers that give no fact.")
    rows = serializers.IntegerField(help_text="Below the header, without empty ones.")
    rows_read = serializers.IntegerField(help_text="Those that a release was made of.")


class SubmissionStatus(serializers.Serializer):
    """The result of a submission."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="received, processing, processed, failed")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    publisher = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(help_text="Of the bytes as they arrived.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    error = serializers.CharField(help_text="Why it failed, if it did.")
    counts = Counts(help_text="Empty until it is processed.")
    problem_count = serializers.IntegerField()
    problems = ProblemErrorSerializer(many=True, help_text="The first thousand, and where reading stopped, if it did.")
    corrections = CorrectionSerializer(
        many=True,
        help_text="The first hundred of its processes, those not used first; `pointer` leads into the "
        "compiled release.",
    )
    ocids = texts(help_text="The first hundred.")
    processes = ProcessAddress(many=True, help_text="Those that are public.")
    claims = ClaimRow(many=True, help_text="The first hundred.")
    sheets = SheetRow(many=True, help_text="Of a table.")
    same_contracts = SameContract(
        many=True, help_text="What is on record now of the first hundred contracts of it that are held."
    )


class UnderstoodRow(serializers.Serializer):
    pointer = serializers.CharField(help_text="JSON Pointer into the simple contract.")
    found = serializers.CharField(help_text="As it is written, shortened.")
    used = serializers.CharField(help_text="As it is read.")


class ReadingReport(serializers.Serializer):
    """The result of a dry run."""

    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    releases = serializers.IntegerField()
    ocids = texts(help_text="The first hundred.")
    problem_count = serializers.IntegerField()
    problems = ProblemErrorSerializer(many=True, help_text="The first thousand, and where reading stopped, if it did.")
    correction_count = serializers.IntegerField()
    corrections = TrialCorrectionSerializer(
        many=True,
        help_text="The first hundred, those not used first; `pointer` leads into the body, for a simple "
        "contract into the release made from it.",
    )
    understood = UnderstoodRow(
        many=True,
        help_text="Amounts, currencies, dates, countries and methods of a simple contract that were read otherwise "
        "than they are written. Compare them before you send it.",
    )
    sheets = SheetRow(many=True, help_text="Of a table.")
    same_contracts = SameContract(many=True, help_text="What is on record already of the first hundred contracts.")
