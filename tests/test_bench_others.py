"""The comparison with Streamlit and Gradio: what is counted, what is printed, and that it needs neither of them."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.other_pages import PRODUCTS, versions
from bench.others import Figures, compared, lines
from bench.received import Received
from bench.scale_plots import save_others

OURS, THEIRS = (
    Figures(1024, 0, 3, 10, 1, [9.0] * 37 + [80.0] * 3, [500] * 40),
    Figures(9216, 2048, 7, 999, 30, [700.0] * 40, [50] * 40),
)


class Network:
    """Chromium's, as told by hand."""

    def __init__(self) -> None:
        self.heard: dict[str, Callable[[dict[str, Any]], None]] = {}
        self.on, self.send = self.heard.__setitem__, lambda name: None

    def tell(self, name: str, **event: Any) -> None:
        self.heard[f"Network.{name}"](event)


def listening() -> tuple[Received, Network]:
    received, network = Received(), Network()
    received.listen(network)  # type: ignore[arg-type]
    return received, network


def test_a_request_counts_as_it_came_and_a_stream_as_far_as_it_came() -> None:
    received, network = listening()
    for name, url in (("page", "http://x/"), ("stream", "http://x/events"), ("own", "blob:http://x/1")):
        network.tell("requestWillBeSent", requestId=name, request={"url": url})
        network.tell("dataReceived", requestId=name, encodedDataLength=70, dataLength=400)
    network.tell("loadingFinished", requestId="page", encodedDataLength=100)
    assert (received.everything, received.requests) == (100 + 70, 2)


def test_what_a_player_has_enough_of_counts_among_the_recordings() -> None:
    received, network = listening()
    network.tell("responseReceived", requestId="song", response={"mimeType": "audio/mpeg"})
    network.tell("dataReceived", requestId="song", encodedDataLength=0, dataLength=5000)
    assert (received.everything, received.audio) == (5000, 5000)


def test_a_message_counts_in_bytes_whether_text_or_not() -> None:
    received, network = listening()
    network.tell("webSocketFrameReceived", response={"opcode": 1, "payloadData": "é"})
    network.tell("webSocketFrameReceived", response={"opcode": 2, "payloadData": base64.b64encode(bytes(9)).decode()})
    network.tell("webSocketFrameSent", response={"opcode": 1, "payloadData": "3"})
    assert (received.everything, received.sent) == (2 + 9, 1)


def test_without_them_it_says_how_to_get_them_and_our_own_environment_has_neither(tmp_path: Path) -> None:
    for folder in (tmp_path, Path(sys.prefix)):
        assert versions(folder) == {}
        assert compared(folder, {}).startswith(f"Streamlit and Gradio left out: not in {folder}, where `make bench-others`")


def test_an_environment_that_has_them_is_used(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("""#!/bin/sh\necho '{"streamlit": "1.0", "gradio": "6.0", "psycopg2-binary": "2.9"}'\n""")
    python.chmod(0o755)
    found = versions(tmp_path)
    assert tuple(found) == PRODUCTS
    assert compared(tmp_path, found) == "Streamlit 1.0; Gradio 6.0"


def test_the_table_has_a_column_for_each_page_and_a_row_for_each_figure() -> None:
    printed = lines({"Serenade": OURS, "Gradio, timer": THEIRS})
    assert [row.split()[-2] for row in printed[1:]] == ["9", "80", "80", "500", "20", "2", "1", "0", "3"]
    assert [row.split()[-1] for row in printed[1:]] == ["700", "700", "700", "50", "1,998", "60", "9", "2", "7"]


def test_the_picture_has_a_line_for_each_page(tmp_path: Path) -> None:
    save_others(tmp_path, {"Serenade": (OURS.took, OURS.received), "Gradio, timer": (THEIRS.took, THEIRS.received)})
    drawn = (tmp_path / "others.svg").read_text()
    assert [words in drawn for words in ("Serenade 0.08<", "Gradio, timer 0.7<", "Serenade 0.488<")] == [True] * 3
