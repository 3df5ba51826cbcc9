"""What the columns of the lists are called in the reader's language, and what they mean, in English, for the API."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class ListColumn(NamedTuple):
    label: Any
    meaning: str
    # In OCDS, as columns of other lists have it.
    path: str = ""


COLUMNS = {
    "enabled": ListColumn(_("enabled"), "Whether rules read the row."),
    "name": ListColumn(_("name"), "Name."),
    "aliases": ListColumn(_("aliases"), "Other names, which match as the name does."),
    "short_names": ListColumn(_("short names"), "Names that match only in capitals."),
    "ambiguous_names": ListColumn(_("ambiguous names"), "Names that match only beside one of the words of `context`."),
    "context": ListColumn(_("context words"), "Words that must stand near an ambiguous name."),
    "identifiers": ListColumn(_("identifiers"), "Identifiers that match, as SCHEME-number."),
    "country": ListColumn(
        _("country"), "ISO 3166-1 alpha-2 code: the seat of an organization; of a security body, where it acts."
    ),
    "kind": ListColumn(_("kind"), "Kinds of an organization or of a name; of a limit, `direct` or `competitive`."),
    "listings": ListColumn(
        _("public lists"),
        "Names of the public lists that name or named it, see `listed_on` and the list `public_lists`.",
    ),
    "listed_on": ListColumn(
        _("dates of the listings"),
        "Name of a public list and, after a colon, since when it names the organization, as far as a source tells it; "
        "after a slash, when it was taken off.",
    ),
    "parent": ListColumn(_("parent organization"), "Parent organization."),
    "authority": ListColumn(_("authority"), "Who publishes the list."),
    "effect": ListColumn(_("legal effect"), "What it means to be on the list."),
    "source": ListColumn(_("source"), "Where the row is from."),
    "source_url": ListColumn(_("link"), "Address of the source."),
    "law": ListColumn(_("law"), "The law."),
    "names": ListColumn(_("names"), "Names by which records cite the law."),
    "implied": ListColumn(_("implied"), "Whether an article that is cited without a law may be one of this law."),
    "article": ListColumn(_("article"), "Article of the law."),
    "item": ListColumn(_("item"), "Item of the article."),
    "codes": ListColumn(_("codes"), "Codes of publishers for the ground."),
    "kinds": ListColumn(_("kinds"), "Kinds of the ground, such as `urgency`."),
    "title": ListColumn(_("title"), "What the row is about."),
    "verified": ListColumn(_("verified"), "Whether the text of the article was read for the row."),
    "valid_from": ListColumn(_("from"), "First day in force; empty if open."),
    "valid_to": ListColumn(_("until"), "Last day in force; empty if open."),
    "note": ListColumn(_("note"), "Remark on the source or the meaning of the row."),
    "method": ListColumn(_("method"), "Codes of OCDS methods, separated by ` | `."),
    "procedure": ListColumn(_("procedure"), "Names of procedures as records have them, separated by ` | `."),
    "category": ListColumn(_("category"), "Categories of OCDS, separated by ` | `; empty for all."),
    "currency": ListColumn(_("currency"), "ISO 4217 code."),
    "amount": ListColumn(_("amount"), "The limit, as decimal text."),
    "days": ListColumn(_("days"), "Days to bid that the law requires."),
    "cut_to": ListColumn(_("can be cut to"), "Days to which the law allows them to be cut; empty if not."),
    "count": ListColumn(_("counted as"), "Whether `calendar` or `working` days are counted."),
    "rule": ListColumn(_("rule"), "Code of the rule that asks for the clause; empty if none does."),
    "clause": ListColumn(_("clause"), "The clause."),
    "favours": ListColumn(
        _("favours"),
        "`supplier` if the wording favours the supplier, `elsewhere` who is at home in the country it names.",
    ),
    "language": ListColumn(_("language"), "ISO 639 code; `xx`: a name, in any language."),
    "pattern": ListColumn(
        _("wording"), "`(a|b)` is a choice, `x?` is optional, `x*` a beginning, `…` a gap within a sentence."
    ),
    "unless": ListColumn(_("unless"), "Words that show, in the same sentence, that something else is meant."),
    "concept": ListColumn(_("concept"), "The concept that the term speaks of."),
    "term": ListColumn(_("term"), "The term; `(one|another)` stands for several."),
    "strength": ListColumn(_("strength"), "`strong`, or `weak`: it counts only beside other terms."),
    "list": ListColumn(_("list"), "The list of words."),
    "word": ListColumn(_("word"), "The word or phrase; `*` stands for any letters, `+` for one or more."),
    "one_word_is": ListColumn(_("one word is"), "What one word of the list is."),
    "schemes": ListColumn(_("schemes"), "Classifications that have the class."),
    "code": ListColumn(_("code"), "Code of the class; those that begin with it belong to it."),
    "sector": ListColumn(_("sector"), "The sector of technology."),
}
