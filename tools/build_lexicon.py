"""Build the English lexicon of the singer: misaki's "gold" words, repacked (Apache-2.0; see docs/voices.md).

    python -m tools.build_lexicon          (misaki 0.9.4 must be installed: pip install --no-deps misaki==0.9.4)

The file is one sorted text, compressed: a word, a tab, its sounds in misaki's own spelling.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from importlib.resources import files

from integrations.music.studio.singing.lexicon import FILE, SOUNDS

SHA256 = "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f"


def main() -> None:
    """Read, check, repack, write."""
    raw = (files("misaki") / "data" / "us_gold.json").read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise ValueError("us_gold.json is not the file that the lexicon was made from")
    rows: dict[str, str] = {}
    for word, spelled in sorted(json.loads(raw).items(), key=lambda row: (row[0] != row[0].lower(), row[0])):
        said = spelled.get("DEFAULT") if isinstance(spelled, dict) else spelled
        if said and set(said) <= SOUNDS and word.replace("'", "").isalpha():
            rows.setdefault(word.lower(), said)
    text = "".join(f"{word}\t{said}\n" for word, said in sorted(rows.items()))
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
