"""数据共享: the registries for the systems of other departments, each with a key and its scopes."""

from ninja import Router

from talent.api import enterprises
from talent.api.keys import Bearer

router = Router(tags=["企业库和人才库共享"], auth=Bearer())
router.add_router("", enterprises.router)

__all__ = ["router"]
