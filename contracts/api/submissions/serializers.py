"""Serializers of submissions: receipts, results, dry runs."""

from rest_framework import serializers

from contracts.api.addresses import ProcessLink
from contracts.api.protocol.description.schema import ProblemErrorSerializer
from contracts.api.protocol.rows.columns import texts
from contracts.api.sources import Source, verification
from contracts.api.submissions.corrections import CorrectionSerializer, TrialCorrectionSerializer
from contracts.intake.duplicates.same_contracts import Agreement
from contracts.models import Submission


class SameContract(serializers.Serializer):
    """A known record that seems to be the contract sent. It is reported only; a person decides."""

    ocid = serializers.CharField(help_text="Ocid in the submission, or made from it.")
    contract_id = serializers.CharField(help_text="Id of the contract in the submission; empty if it has none.")
    agrees = serializers.ChoiceField(
        choices=[agreement.value for agreement in Agreement if agreement is not Agreement.OTHER_AMOUNT],
        help_text=(
            "What agrees. ocid: the ocid; number: number of the contract, and buyer; facts: buyer, "
            "supplier, value and date; facts_without_date: the same, but one has no date. Organizations "
            "agree if an identifier or their normalized names do."
        ),
    )
    detail = serializers.CharField()
    known_ocid = serializers.CharField(
        help_text="Ocid of a public record, or of a record of yours that is still held."
    )
    known_contract_id = serializers.CharField()
    url = serializers.URLField(allow_null=True, help_text="Address of the record, if it is public.")


class Receipt(serializers.Serializer):
    id = serializers.UUIDField()
    status_url = serializers.URLField(help_text="Address at which to read the result.")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    sha256 = serializers.CharField(help_text="SHA-256 of the bytes as received.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    state = serializers.CharField(help_text="One of received, processing, processed, failed.")
    unchanged = serializers.BooleanField(help_text="Whether the same bytes were sent before, so that nothing changed.")
    same_contracts = SameContract(
        many=True,
        help_text=(
            "Known records that match the first release, for submissions of at most 2 MiB. The status lists "
            "matches of the first hundred held contracts."
        ),
    )
    left_out = ProblemErrorSerializer(
        many=True,
        help_text=(
            "Files of a ZIP or an e-mail that cannot be read, and why; empty for other submissions, and for bundles "
            "of over 20 MiB, whose status tells it."
        ),
    )


class MemberRow(serializers.Serializer):
    """A file of a ZIP or an e-mail that was taken; it is a submission of its own."""

    number = serializers.IntegerField(help_text="Its place among the files of the bundle, from 1.")
    file = serializers.CharField(
        help_text="Its path, to its sender alone; one that is empty or ends with a slash is the text of an e-mail."
    )
    id = serializers.UUIDField(help_text="Id of its submission.")
    status_url = serializers.URLField()
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    state = serializers.CharField(help_text="One of received, processing, processed, failed.")


class ProcessAddress(serializers.Serializer):
    ocid = serializers.CharField()
    url = ProcessLink(source="ocid")
    source = Source()  # type: ignore[assignment]  # a field of this name
    verification = verification()


class ClaimRow(serializers.Serializer):
    """The content of a submission for one ocid, if its sender does not speak for the publisher of the record."""

    ocid = serializers.CharField()
    state = serializers.CharField(
        help_text="One of held (not public until a person accepts it), accepted, accepted_in_part, rejected."
    )
    told = serializers.CharField(help_text="Message from the person who decided to the sender; may be empty.")
    submission = serializers.UUIDField(
        help_text="Id of this submission, or of an earlier one of yours with the same content."
    )


def _count(help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(required=False, help_text=help_text)


class Counts(serializers.Serializer):
    """Counts of records, for a document, from `pages` on, of pages and characters, for a bundle of its files."""

    releases_read = _count()
    releases_new = _count()
    releases_known = _count("Releases already public or sent by you before; they changed nothing.")
    processes = _count()
    awards = _count()
    contracts = _count()
    bids = _count()
    organizations = _count()
    corrections = _count()
    pages = _count()
    pages_read = _count("Number of pages on which text was found.")
    ocr_pages = _count("Number of pages read by OCR.")
    characters = _count()
    members = _count("Number of files in a ZIP or an e-mail.")
    members_taken = _count("Number of these from which a submission was made.")


class SheetRow(serializers.Serializer):
    """How a sheet of a table was read. Problems refer to its rows and cells."""

    sheet = serializers.CharField(help_text="Name of the sheet; empty for CSV.")
    mapping = serializers.CharField(
        help_text=(
            "Code of the mapping used: that of a known export, or `general`; empty if the columns are not known."
        )
    )
    title = serializers.CharField(help_text="Title of the mapping.")
    header_row = serializers.IntegerField()
    columns = serializers.DictField(
        child=serializers.CharField(), help_text="Header → fact, or path of the OCDS field."
    )
    unused = serializers.ListField(child=serializers.CharField(), help_text="Headers of columns that were not used.")
    rows = serializers.IntegerField(help_text="Number of rows below the header, without empty ones.")
    rows_read = serializers.IntegerField(
        help_text="Number of rows from which a release was made, or which added offers to one."
    )
    without_currency = serializers.IntegerField(
        required=False, help_text="Number of these with an amount whose currency is not known: they are in no sum."
    )
    without_country = serializers.IntegerField(
        required=False, help_text="Number of these whose country is not known: they are found under none."
    )


class SubmissionStatus(serializers.Serializer):
    """The result of a submission."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="One of received, processing, processed, failed.")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    publisher = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(help_text="SHA-256 of the bytes as received.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    error = serializers.CharField(help_text="Code of the reason why it failed; otherwise empty.")
    counts = Counts(help_text="Counts of the content; empty until it is processed.")
    problem_count = serializers.IntegerField()
    problems = ProblemErrorSerializer(
        many=True, help_text="The first thousand problems, and where reading stopped, if it did."
    )
    corrections = CorrectionSerializer(
        many=True,
        help_text=(
            "The first hundred corrections in its processes; values that could not be used come first. "
            "`pointer` refers to the compiled release."
        ),
    )
    ocids = texts(help_text="The first hundred.")
    processes = ProcessAddress(many=True, help_text="Addresses of the processes that are public.")
    claims = ClaimRow(many=True, help_text="The first hundred.")
    sheets = SheetRow(many=True, help_text="Sheets of a table, and how their columns were read.")
    members = MemberRow(many=True, help_text="Files of a ZIP or an e-mail, each with its submission.")
    same_contracts = SameContract(
        many=True, help_text="Known records that match the first hundred contracts of the submission that are held."
    )


class UnderstoodRow(serializers.Serializer):
    pointer = serializers.CharField(help_text="JSON Pointer into the simple contract.")
    found = serializers.CharField(help_text="The value as sent, shortened.")
    used = serializers.CharField(help_text="The value as read.")


class ReadingReport(serializers.Serializer):
    """The result of a dry run."""

    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    releases = serializers.IntegerField()
    ocids = texts(help_text="The first hundred.")
    problem_count = serializers.IntegerField()
    problems = ProblemErrorSerializer(
        many=True, help_text="The first thousand problems, and where reading stopped, if it did."
    )
    correction_count = serializers.IntegerField()
    corrections = TrialCorrectionSerializer(
        many=True,
        help_text=(
            "The first hundred corrections; values that could not be used come first. `pointer` refers to "
            "the body, or for a simple contract to the release made from it."
        ),
    )
    understood = UnderstoodRow(
        many=True,
        help_text=(
            "Amounts, currencies, dates, countries and methods of a simple contract whose normalized value "
            "differs from the text sent. Check them before you send the contract."
        ),
    )
    sheets = SheetRow(many=True, help_text="Sheets of a table, and how their columns were read.")
    same_contracts = SameContract(many=True, help_text="Known records that match the first hundred contracts.")
