"""The nginx that is shipped, deploy/nginx.conf as it is, on addresses of this machine."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stack import ROOT, free_port, wait_for
from tools.install_servers import find_nginx

CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout privkey.pem -out fullchain.pem"


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def self_signed(folder: Path) -> None:
    """A key and a certificate that nobody trusts, for two days: privkey.pem and fullchain.pem."""
    subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)


@contextmanager
def nginx(folder: Path, port: int, web_ports: list[int]) -> Iterator[Path]:
    """nginx over https on this port, in front of two web processes; its access log."""
    self_signed(folder)
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for name, web_port in zip(("web-1", "web-2"), web_ports, strict=True):
        text = text.replace(f"server {name}:8080", f"server 127.0.0.1:{web_port}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};").replace(
        "listen 443 ssl", f"listen 127.0.0.1:{port} ssl"
    )
    text = text.replace("/etc/nginx/tls", str(folder)).replace("/var/log/nginx/access.log", str(folder / "access.log"))
    (folder / "nginx.conf").write_text(f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\n{text}")
    folder.chmod(0o755)
    command = [str(find_nginx()), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port), "nginx")
        yield folder / "access.log"
    finally:
        process.terminate()
        process.wait(10)
