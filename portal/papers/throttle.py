"""How often one address may ask, so that nobody tries keys or uploads in a row."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

MINUTE = 60


def allowed(request: HttpRequest, what: str, *, a_minute: int) -> bool:
    """Count this request; False above ``a_minute`` from one address. A lost cache allows all."""
    key = f"papers:{what}:{get_adapter(request).get_client_ip(request)}"
    try:
        cache.add(key, 0, MINUTE)
        return cache.incr(key) <= a_minute
    except Exception:
        return True
