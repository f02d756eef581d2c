"""Which machines Serenade runs on: those that every pinned package has a wheel for (docs/platforms.md).

Runs as a program too, before anything is installed: `make setup` asks it. So it must be understood by any Python 3.7, and
imports nothing but the standard library.
"""

from __future__ import annotations

import platform
import sys
import sysconfig

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
_OLDEST_GLIBC = (2, 28)
_MACHINES = ("x86_64", "amd64", "aarch64", "arm64")
_PAGE = "docs/platforms.md says more."


def why_unsupported() -> str:
    """One sentence on what to change where this machine or this Python is not supported; '' where it is."""
    return _about_python() or _about_machine()


def _about_python() -> str:
    found, shown = sys.version_info[:2], platform.python_version()
    if found < OLDEST_PYTHON:
        return f"Serenade needs Python 3.11 or newer, this is {shown}: try `make run PYTHON=python3.11`."
    if found > NEWEST_PYTHON:
        return f"This is Python {shown}, for which not every package is built yet: try `make run PYTHON=python3.14`."
    if platform.python_implementation() != "CPython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return (
            f"This is {platform.python_implementation()} of a kind that the packages are not built for: use the usual CPython."
        )
    return ""


def _about_machine() -> str:
    system, machine = platform.system(), platform.machine()
    if system == "Windows":
        return f"Windows is not supported: install WSL 2 (`wsl --install`) and start Serenade inside it. {_PAGE}"
    if system not in ("Linux", "Darwin"):
        return f"{system} is not supported: use Linux or macOS. {_PAGE}"
    if machine.lower() not in _MACHINES or sys.maxsize < 2**32:
        return f"{machine} with this Python is not supported: its packages come for 64-bit x86 and ARM only. {_PAGE}"
    if system == "Linux" and "musl" in str(sysconfig.get_config_var("HOST_GNU_TYPE")) + str(sysconfig.get_config_var("SOABI")):
        return f"Alpine and other systems with musl are not supported: use a glibc image, such as python:3.12-slim. {_PAGE}"
    library, version = platform.libc_ver()
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if system == "Linux" and library == "glibc" and numbers < _OLDEST_GLIBC:
        return f"This system's glibc {version} is too old: 2.28 or newer is needed (Debian 10, Ubuntu 20.04, RHEL 8). {_PAGE}"
    return ""


if __name__ == "__main__":
    sys.exit(why_unsupported() or 0)
