"""Who may take a gift's files along: its giver by a signed address, its recipient once it is open, if allowed."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from i18n import N_, _
from integrations.storage.signed_links import is_signed
from jobs.gifts.gift import OpenedGift

NOT_YET = N_("This gift is still sealed. Its link says when it opens.")
NO_DOWNLOAD = N_("Whoever gave this song keeps it on this page.")


def check_may_take(gift: OpenedGift, name: str, expires: str, signature: str) -> None:
    """Refuse (403) whoever may not have /s/{token}/{name} of this gift."""
    if is_signed(f"/s/{gift.token}/{name}", expires, signature):
        return
    if gift.sealed:
        raise HTTPException(403, _(NOT_YET))
    if not gift.downloads:
        raise HTTPException(403, _(NO_DOWNLOAD))
