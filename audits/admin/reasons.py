"""
Why a rule did not judge, in the reader's language.

Rules are pure and write their reasons in English, and so they are stored. Here stands each of them as a template; what
is stored is recognised by it, and its values are put into the translation. A test holds the list to what rules raise,
so that no reason comes without one; one of an earlier version that is not recognised is shown as it is stored.
"""

from django.utils.translation import gettext_noop as _

from contracts.stored_texts import StoredTexts

_TEMPLATES = (
    _("%(field)s is missing"),
    _("%(number)s were counted; %(needed)s are needed"),
    _("a direct award opens no bids"),
    _("a quarter of the tenderers wins nothing: no ratio is unusually small"),
    _("award and contract are in different currencies"),
    _("every contract is cancelled"),
    _("every contract is pending"),
    _("no award has a value above 0 with a currency"),
    _("no award is active"),
    _("no award is decided"),
    _("no contract and its award have both dates"),
    _("no contract has a value above 0 with a currency"),
    _("no contract lists its amendments"),
    _("no contract names an award of the record"),
    _("no contract of a known award was amended after its signature"),
    _("no hosted service and no data abroad are spoken of"),
    _("no items, documents or amendments can be read"),
    _("no lender or donor is named"),
    _("no period has both a start and an end"),
    _("no process of the organization could be counted"),
    _("no readable text says what is bought"),
    _("no sourced threshold is on for this country, method, currency and date"),
    _("no submitted bid has an amount above 0 with a currency"),
    _("no supplier is named"),
    _("no surveillance technology is found"),
    _("no surveillance, core network or hosted service is found"),
    _("no surveillance, security body or core network is found"),
    _("no threshold with a legal source is on for this country"),
    _("no two submitted bids compete"),
    _("no two submitted bids have prices in one currency"),
    _("no valid bid lies above a valid bid of the winner in the same currency"),
    _("no valid bid of a supplier is on record"),
    _("only %(read)s of %(needed)s characters of text can be read"),
    _("prices are not compared under the method “%(method)s”"),
    _("several awards are active"),
    _("the award criteria are %(criteria)s: not only the price counts"),
    _("the awards have no values above 0 in one currency"),
    _("the awards may still change"),
    _("the awards of this process exceed the limit for direct awards themselves"),
    _("the bids do not name their lots"),
    _("the buyer has too few processes or suppliers for a share"),
    _("the buyer made no earlier purchase from this supplier"),
    _("the cohort “%(cohort)s” gives no fence"),
    _("the cohort “%(cohort)s” has %(number)s values; %(needed)s are needed"),
    _("the contract is dated before its award"),
    _("the contracts were amended: R069 asks about them"),
    _("the estimate is in %(estimate)s, the award in %(award)s"),
    _("the lender is not named, or not on the list"),
    _("the limit for direct awards is on record: R049 and R055 ask about it"),
    _("the lower fence is not above 0: no gap is unusually small"),
    _("the object is not technology in scope"),
    _("the opening is before the start of the tender period"),
    _("the organization is no %(roles)s in any process"),
    _("the plan names no method"),
    _("the process has several suppliers"),
    _("the procurement method is %(method)s"),
    _("the procurement method is %(method)s: R054 asks about its contracts"),
    _("the procurement method is not given"),
    _("the publisher gives it in %(share)s of %(number)s processes, so its absence says nothing"),
    _("the quartiles of the cohort “%(cohort)s” are equal"),
    _("the record gives a ground for awarding directly"),
    _("the record lists no document of planning or tender"),
    _("the record says nothing of award criteria"),
    _("the statistic %(name)s is not computed"),
    _("the tender has no value above 0 with a currency"),
    _("the tender is cancelled"),
    _("the tender is divided into lots"),
    _("the tender period ends before it starts"),
    _("the upper fence is not above 0"),
    _("there are no two valid bids"),
    _("this process itself has no price"),
)

_REASONS = StoredTexts(_TEMPLATES)
recognise = _REASONS.recognise
in_readers_language = _REASONS.in_readers_language
