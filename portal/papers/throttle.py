"""How often one address may ask, so that nobody tries keys or uploads in a row."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

MINUTE = 60


def address_of(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def asked_within(request: HttpRequest, what: str) -> int:
    """Count this request; how many there were from one address in this minute. Nothing when the cache is lost."""
    key = f"papers:{what}:{address_of(request)}"
    try:
        cache.add(key, 0, MINUTE)
        return int(cache.incr(key))
    except Exception:
        return 0


def allowed(request: HttpRequest, what: str, *, a_minute: int) -> bool:
    """Count this request; False above ``a_minute`` from one address. A lost cache allows all."""
    return asked_within(request, what) <= a_minute
