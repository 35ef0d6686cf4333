"""What colleagues call an actor: the seat or the duty, in the reader's language."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fengsui.accounts.models import Account


def seat(actor_id: str) -> str:
    """The label of one actor."""
    return seats([actor_id])[actor_id]


def seats(actor_ids: list[str]) -> dict[str, str]:
    """Labels of several actors; what is no account is called the system."""
    ids = {actor_id for actor_id in actor_ids if _is_uuid(actor_id)}
    labels = {
        str(account.pk): said(account.label) or account.username for account in Account.objects.filter(pk__in=ids)
    }
    return {actor_id: labels.get(actor_id, _("system")) for actor_id in actor_ids}


def said(label: dict[str, str]) -> str:
    """A `{zh, en}` label in the language of the moment."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return label.get(language) or label.get("en") or ""


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
