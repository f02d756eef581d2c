"""Who calls: a customer, who holds a form id, or a trusted server, who holds the service token."""

from __future__ import annotations

import hmac
import logging
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.base import SecurityBase

from api.answers import Refusal
from i18n import _
from settings import settings

log = logging.getLogger("serenade.api")
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="serviceToken",
    description="SERVICE_TOKEN, for a trusted server only. Customers send nothing: the form id is their key.",
)


async def is_trusted(sent: HTTPAuthorizationCredentials | None) -> bool:
    """True with the service token, False without any. A wrong one is refused, and not taken for none."""
    if sent is None:
        return False
    if settings.service_token and hmac.compare_digest(sent.credentials.encode(), settings.service_token.encode()):
        return True
    log.warning("refused: a service token that is not ours")
    raise Refusal(401, "unauthorized", _("This token is not known here."), headers={"WWW-Authenticate": "Bearer"})


class _ServiceToken(SecurityBase):
    """`is_trusted` with the token that it asks for: one dependency, since each that FastAPI solves costs every request."""

    def __init__(self) -> None:
        self.model, self.scheme_name = _bearer.model, _bearer.scheme_name

    async def __call__(self, request: Request) -> bool:
        return await is_trusted(await _bearer(request))


Trusted = Annotated[bool, Security(_ServiceToken())]
