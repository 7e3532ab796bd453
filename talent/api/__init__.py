"""数据共享: the registries for the systems of other departments, each with a key and its scopes."""

from ninja import Router

from talent.api import changes, enterprises, people
from talent.api.keys import Bearer

router = Router(tags=["企业库和人才库共享"], auth=Bearer())
for each in (enterprises, people, changes):
    router.add_router("", each.router)

__all__ = ["router"]
