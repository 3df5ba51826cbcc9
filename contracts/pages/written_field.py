"""A field of public forms for what people write or paste."""

from typing import Any

from django import forms


class WrittenField(forms.CharField):
    """
    A text that is refused in words where it is too long, and shown again whole.

    A browser that knows the limit cuts what is pasted, and says nothing: half of a contract's object was sent, or half
    of a reply published.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
