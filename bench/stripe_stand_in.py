"""The payment sandbox as a server of its own, for an installation with ENV=production, which has none in itself.

`python -m bench.stripe_stand_in` listens on STAND_IN_API (http, for STRIPE_API_BASE) and STAND_IN_PAGE (https, with the
certificate in the folder STAND_IN_TLS) until SIGTERM. Its pages call themselves https://STAND_IN_HOST; it sends its events to
STAND_IN_WEBHOOK, whatever certificate stands there. Key and secret are KEY and SECRET below. No money moves.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path

import requests
import uvicorn
from fastapi import FastAPI, Request, Response

KEY, SECRET = "sk_test_of_the_stand_in", "whsec_of_the_stand_in"


def main() -> None:
    """Serve until SIGTERM."""
    asyncio.run(_serve(os.environ))


async def _serve(wanted: os._Environ[str]) -> None:
    app = _app(wanted["STAND_IN_HOST"], wanted["STAND_IN_API"], wanted["STAND_IN_WEBHOOK"], Path(wanted["STAND_IN_TLS"]))
    tls = Path(wanted["STAND_IN_TLS"])
    servers = [
        uvicorn.Server(_config(app, wanted["STAND_IN_API"])),
        uvicorn.Server(
            _config(app, wanted["STAND_IN_PAGE"], ssl_keyfile=str(tls / "privkey.pem"), ssl_certfile=str(tls / "fullchain.pem"))
        ),
    ]
    await asyncio.gather(*(server.serve() for server in servers))


def _config(app: FastAPI, address: str, **tls: str) -> uvicorn.Config:
    host, _, port = address.rpartition(":")
    return uvicorn.Config(app, host=host, port=int(port), log_level="warning", lifespan="off", **tls)  # type: ignore[arg-type]


def _app(host: str, api: str, webhook: str, folder: Path) -> FastAPI:
    """The sandbox delivers to our own relay, which passes an event on without asking whose certificate it is."""
    from integrations.payments.sandbox import PREFIX, Sandbox, sandbox_router

    app = FastAPI()
    sandbox = Sandbox(
        data_dir=folder,
        key=KEY,
        webhook_url=f"http://{api}/relay",
        webhook_secret=SECRET,
        page_base=f"https://{host}{PREFIX}",
    )
    app.include_router(sandbox_router(sandbox))

    @app.post("/relay")
    async def relay(request: Request) -> Response:
        headers = {"Content-Type": "application/json", "Stripe-Signature": request.headers["stripe-signature"]}
        send = partial(requests.post, webhook, headers=headers, timeout=10, verify=False, allow_redirects=False)
        return Response(status_code=(await asyncio.to_thread(send, data=await request.body())).status_code)

    return app


if __name__ == "__main__":
    main()
