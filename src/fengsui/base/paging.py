"""How a list that goes on says where: the whole address, so that a program only follows it."""

from urllib.parse import urlencode

from django.http import HttpRequest


def address_of_next(request: HttpRequest, **query: str | int | None) -> str:
    """The address of this list's next part; what is None is left out."""
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    return request.build_absolute_uri(f"{request.path}?{asked}")
