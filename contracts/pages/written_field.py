"""A field of public forms for typed or pasted text."""

from typing import Any

from django import forms


class WrittenField(forms.CharField):
    """
    A text field that explains when a text is too long, and shows it again in full.

    With ``maxlength``, browsers silently truncate pasted text: half of a contract's object was sent, or half of a
    reply published.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
