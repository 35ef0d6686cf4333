"""How does the product say this in Chinese?"""

from django.utils.translation import gettext, override

# The words for codes that stand inside the product's own sentences; nothing else in it needs them by name.
from fengsui.base.refusals import _said


def in_chinese(sentence: str) -> str:
    """The sentence of the product's own catalogue; the English one where it has none."""
    with override("zh-hans"):
        return gettext(sentence)


def code_in_chinese(code: str) -> str:
    """What people call a state or a role; the code itself where there is no word for it."""
    with override("zh-hans"):
        return str(_said(code))
