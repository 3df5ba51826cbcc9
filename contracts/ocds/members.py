"""Member names that nearly match OCDS: "supplier" for "suppliers", "AwardId" for "awardID"."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from contracts.ocds.caching import remembered

# Members that are read, which another name may misspell.
_READ = """
    additionalClassifications address amendment amendments amount awardCriteria awardCriteriaDetails awardID
    awardPeriod awards bidOpening bids budget budgetBreakdown buyer classification contractPeriod contracts country
    countryName currency date datePublished dateSigned description details documentType documents durationInDays
    eligibilityCriteria endDate enquiryPeriod finance financingParty id identifier implementation initiationType
    items language legalName lots mainProcurementCategory maxExtentDate measure memberOf minValue name
    numberOfTenderers ocid parties period planning procurementMethod procurementMethodDetails
    procurementMethodRationale procurementMethodType procuringEntity project quantity rationale region relatedLot
    relatedLots relatedProcesses relationship roles scheme sourceParty startDate statistics status suppliers tender
    tenderPeriod tenderers title transactions unit url value
"""
# Members of OCDS and its extensions that are not read, and are not misspellings of others.
_UNREAD = """
    additionalContactPoints additionalIdentifiers additionalProcurementCategories amendsReleaseID bidID changes
    code contactPoint coveredBy criteria dateModified dateMet deliveryAddress deliveryAddresses deliveryLocation
    dueDate email exchangeRate extendsContractID faxNumber format guarantees hasEnquiries identifiers locality
    lotDetails lotGroups milestones milestoneType parent payee payer percentage postalCode projectID publisher
    relatedItem relatedItems releaseID requirements reviewDate secondStage source sources statusDetails
    streetAddress submissionMethod submissionMethodDetails submissionTerms tag techniques telephone type uid
    unsuccessfulProcess uri valueAddedTaxIncluded values version
"""
READ = frozenset(_READ.split())
KNOWN = READ | frozenset(_UNREAD.split())
# Members that rules cite under the standard's name.
_FIXED = frozenset({"tender", "planning", "bids", "budget", "implementation", "ocid"})
# Two different letters are a similarity only in long names.
_LONG = 10


def misspelled(names: Iterable[str], wanted: str) -> tuple[str, bool]:
    """
    Return the first of some names that nearly matches a member, and whether it may be read as that; ``""`` if none.

    :param names: the members of an object, which does not have the wanted one
    """
    if KNOWN.issuperset(names):
        return "", False
    for name in names:
        if name not in KNOWN and (is_sure := _likeness(name).get(wanted)) is not None:
            return name, is_sure and wanted not in _FIXED
    return "", False


@remembered
def _likeness(name: str) -> dict[str, bool]:
    """Return the members that a name resembles, each with whether it is unambiguous."""
    if len(name) > 60 or name.startswith(("_", "x_")) or name.rpartition("_")[0] in READ:
        return {}  # A publisher's own member, or a text in a language, "title_en".
    plain = _plain(name)
    found: dict[str, bool] = {}
    for member in READ:
        other = _plain(member)
        if plain == other or _singular(plain) == _singular(other):
            found[member] = True
        elif min(len(plain), len(other)) > 4:
            distance = OSA.distance(plain, other, score_cutoff=2)
            if distance == 1 or (distance == 2 and len(other) >= _LONG):
                found[member] = distance == 1
    return found


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").casefold()


def _singular(plain: str) -> str:
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    if plain.endswith("sses"):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") and len(plain) > 3 and not plain.endswith(("ss", "us", "is")) else plain
