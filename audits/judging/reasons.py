"""
Why a rule did not judge, or what it flags is context, where many rules may say so: code → template in English.

Templates are in `str.format` form.

Pure code raises the code with its values; the edge renders them in the reader's language. What only one rule says
stands among the ``reasons`` of the rule.
"""


def _(text: str) -> str:
    """Mark a text for translation; the catalogs of the app hold it in other languages."""
    return text


REASONS = {
    "all_void": _("every item or lot is {status}"),
    "amendments_not_listed": _("no contract lists its amendments"),
    "awards_not_final": _("the awards may still change"),
    "awards_not_named": _("no contract names an award of the record"),
    "cohort_too_small": _("the cohort “{cohort}” has {number} values; {needed} are needed"),
    "agreement": _("the method is an agreement, and no competition: {method}"),
    "called_off": _("tender, awards and contracts are all cancelled"),
    "call_off": _("the method is an order under a contract that stands: {method}"),
    "clause_not_asked": _("the question is not asked of technology of this kind: {sectors}"),
    "contract_pages_unread": _("{read} of {pages} pages of the contract could be read"),
    "contracts_cancelled": _("every contract is cancelled"),
    "contracts_pending": _("every contract is pending"),
    "currencies_differ": _("award and contract are in different currencies"),
    "direct_by_name": _("the record names a direct award: {words}"),
    "language_unread": _("no lexicon reads the language of the record"),
    "lots_not_named": _("the bids do not name their lots"),
    "method_is": _("the procurement method is {method}"),
    "missing": _("{field} is missing"),
    "no_active_award": _("no award is active"),
    "no_award_value": _("no award has a value above 0 with a currency"),
    "no_awarded_sum": _("the awards have no values above 0 in one currency"),
    "no_bid_value": _("no submitted bid has an amount above 0 with a currency"),
    "no_contract_read": _("among the documents that were read ({documents}) is no text of a contract"),
    "no_comparable_bids": _("no two submitted bids have prices in one currency"),
    "no_competing_bids": _("no two submitted bids compete"),
    "no_contract_value": _("no contract has a value above 0 with a currency"),
    "no_decided_award": _("no award is decided"),
    "no_fence": _("the cohort “{cohort}” gives no fence"),
    "no_matching_threshold": _("no sourced threshold is on for this country, method, currency and date"),
    "no_runner_up": _("no valid bid lies above a valid bid of the winner in the same currency"),
    "no_sourced_threshold": _("no threshold with a legal source is on for this country"),
    "no_supplier": _("no supplier is named"),
    "no_tender_value": _("the tender has no value above 0 with a currency"),
    "no_two_valid_bids": _("there are no two valid bids"),
    "not_computed": _("the statistic {name} is not computed"),
    "not_in_role": _("the organization is in no process as {roles}"),
    "not_in_scope": _("the object is not technology in scope"),
    "not_only_price": _("the award criteria are {criteria}: not only the price counts"),
    "nothing_counted": _("no process of the organization could be counted"),
    "object_unreadable": _("no readable text says what is bought"),
    "prices_far_apart": _("bids lie more than tenfold apart: they are not prices of one thing"),
    "prices_not_compared": _("prices are not compared under the method “{method}”"),
    "quartiles_equal": _("the quartiles of the cohort “{cohort}” are equal"),
    "bid_both_ways": _("somebody has both a valid and a disqualified bid: for which part each is, is not told"),
    "small_amount": _("the award, {awarded}, is small enough to be its own ground: the bound is {bound}"),
    "source_short": _(
        "this source holds {number:month|months} without a gap; {needed} are needed to tell what came before"
    ),
    "body_short": _(
        "the purchases on record are of {number:month|months} without a gap; {needed} are needed to tell a practice"
    ),
    "list_entry": _("it is one entry of a list of {number}"),
    "little_before": _(
        "source and buyer are on record for {number:month|months} before the first purchase; {needed} are needed to "
        "tell that it is the first"
    ),
    "source_little_known": _("too few records of the source are known to tell whether it gives it: {number}"),
    "seldom_published": _(
        "the publisher gives it in {share} of {number} processes or more, so its absence says nothing"
    ),
    "several_active_awards": _("several awards are active"),
    "office_goods": _("it is goods of an office, and serves its staff alone"),
    "own_use": _("it looks at the buyer's own vehicles or staff alone: {words}"),
    "own_offices": _("nothing shows that they watch more than offices: {words}"),
    "of_guards": _("guards are hired, and this is what they watch with: {words}"),
    "ocid_placeholder": _("the ocid names no process: several may be merged in this record"),
    "outside_competition": _("laws ask for no competition for it: {title}"),
    "several_currencies": _("the bids are in several currencies: {currencies}"),
    "several_suppliers": _("the process has several suppliers"),
    "small_part": _("the lot is a small part of the tender: {price} are {percent} percent of what was awarded"),
    "small_price": _("the price, {price}, is below {bound}"),
    "small_by_name": _("the procedure is one for small purchases or few invited: {method}"),
    "developed": _("software is developed, and the title names no cloud"),
    "website": _("nothing is hosted but a website: {words}"),
    "trifling_by_name": _("the method is kept for what costs little, and the record tells no amount: {method}"),
    "trifle": _("what it costs, {spent}, is below {bound}: a trifle"),
    "told_behind": _("title and description begin with something else, and tell of it behind that"),
    "notice_alone": _("the notice alone was read, and its silence says little"),
    "told_once": _("one word alone tells of it, no title begins with it, and others may have competed"),
    "told_late": _("only the description tells of it, behind its first words"),
    "told_by_spelling": _("spelling alone tells the product, and nothing that competition was limited"),
    "tender_cancelled": _("the tender is cancelled"),
    "tender_void": _("the tender is {status}"),
    "source_habit": _(
        "this source fills {field} with something else: in {share} of {number} records or more, {habit}"
    ),
    "too_few_counted": _("{number} were counted; {needed} are needed"),
    "terms_elsewhere": _("terms of the contract stand elsewhere: {words}"),
    "too_little_text": _("only {read} of {needed} characters of text can be read"),
    "upper_fence_zero": _("the upper fence is not above 0"),
    # What exclusions of the rules on technology set aside, with the passage.
    "denied": _("left out: the text denies it: “{words}”"),
    "of_laboratory": _("left out: apparatus of a laboratory: “{words}”"),
    "of_illness": _("left out: illness is what is watched: “{words}”"),
    "filmed_event": _("left out: an event is filmed, and nobody is watched: “{words}”"),
    "named_room": _("left out: a room is built that is named after a system: “{words}”"),
    "used_for_its_own": _("left out: it looks at the buyer's own vehicles or staff alone: “{words}”"),
    "of_building": _("left out: cameras of a building of offices, or beside guards and alarms: “{words}”"),
    "bought_for_operation": _("left out: goods are bought for an operation, and nobody who operates: “{words}”"),
    "watches_alarms": _("left out: alarms are watched from afar: “{words}”"),
    "upkeep_alone": _("left out: a firm is hired for upkeep alone: “{words}”"),
    "point_cloud": _("left out: a cloud of points: “{words}”"),
    "own_cloud": _("left out: what the buyer has, or hosts, for itself: “{words}”"),
    "cloud_strategy": _("left out: a strategy for a cloud, its adoption or training: “{words}”"),
    "line_to_cloud": _("left out: a line to a cloud: “{words}”"),
    "hosted_tender": _("left out: a tender is what is hosted: “{words}”"),
    "product_name": _("left out: “cloud” in the name of a product that is installed: “{words}”"),
    "data_at_home": _("left out: the text places the data at home: “{words}”"),
    "open_competition": _("left out: nothing tells that competition was limited: “{words}”"),
    "bought_before": _("left out: how something was bought before: “{words}”"),
    "framework_order": _("left out: an order under a framework or from a catalogue: “{words}”"),
    "title_of_framework": _("left out: the title of an order is that of its framework: “{words}”"),
    "training_itself": _("left out: training that comes with nothing that is supplied: “{words}”"),
    "given_by_others": _("left out: a government, an agency or a bank gave it: “{words}”"),
    "years_of_others": _("left out: years of a guarantee, of experience and the like: “{words}”"),
    "purpose_of_supply": _("left out: what the thing bought is for: “{words}”"),
    "service_supplied": _("left out: a service or a licence is acquired, and no equipment: “{words}”"),
    "withheld_object": _("withheld: what is bought is “{words}”"),
    "withheld_passing": _("withheld: only a long list names “{words}”, behind its first words"),
    "withheld_reading": _("withheld: the notice reads like technology with {probability}; against it: {words}"),
}
