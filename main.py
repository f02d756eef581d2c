"""Entry point: `python main.py` starts everything, `python main.py web` and friends one part; the commands are in cli.py."""

from __future__ import annotations

import signal

if __name__ == "__main__":  # until a part has its own way to stop, Ctrl-C ends without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import sys

from cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
