"""Entry point: `python main.py` starts everything, `python main.py web` and friends one part; the commands are in cli.py."""

from __future__ import annotations

import signal

if __name__ == "__main__":  # until a part has its own way to stop, Ctrl-C ends without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import locale
import os
import sys

if __name__ == "__main__" and not sys.flags.utf8_mode and locale.getencoding().lower().replace("_", "-") != "utf-8":
    os.environ["PYTHONUTF8"] = "1"  # in an old locale our own texts, names and settings would be read as something else
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 this very program

from cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
