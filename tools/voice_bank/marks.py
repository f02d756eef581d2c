"""Marks: where the phones of the spoken carriers begin and end.

The teacher's own durations are only a first guess (its tokens run about 60 ms behind its sound, some more, some less). All
carriers of a voice together train a model of each phone, three states of one Gaussian each, which then finds the phones anew.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.fft import dct

from integrations.music.studio.singing.phones import SILENCE, Inventory
from tools.voice_bank.teacher import TEACHER_RATE, Array, Spoken

FRAME_SECONDS = 0.005  # seconds of one frame
_LATE = 0.0625  # seconds by which the teacher's tokens run behind its sound
REACH = 0.11  # seconds that a phone may lie from where its token is
QUIET = 3.4  # how far under the loudest moment silence is, in powers of ten
STATES = 3
ROUNDS = 8
STOPS = frozenset(("p", "t", "k", "b", "d", "g", "ch", "jh", "ts", "dz"))


@dataclass(frozen=True)
class PhoneMark:
    """One phone: seconds of its start, of the moment where units are joined, and of its end."""

    phone: str
    start: float
    middle: float
    end: float


@dataclass
class AlignedTake:
    """One carrier as said: its phones with the silence around them, features per frame, and the token times as first guess."""

    phones: list[str]
    features: Array
    guess: Array  # seconds, one more than phones
    path: Array  # frames where each state begins, one more than states
    loud: tuple[int, int]  # the first and the last frame that is no silence


def features(sound: Array) -> Array:
    """Per 5 ms: a mel cepstrum of 14 values and how it changes."""
    size, hop = 480, int(FRAME_SECONDS * TEACHER_RATE)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, (size // 2, size)), size)[::hop][: len(sound) // hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), 1024)) ** 2 + 1e-9
    hz = np.fft.rfftfreq(1024, 1 / TEACHER_RATE)
    mel = np.linspace(2595 * np.log10(1 + 80 / 700), 2595 * np.log10(1 + 10_000 / 700), 34)
    e = 700 * (10 ** (mel / 2595) - 1)
    rise, fall = (hz - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None], (e[2:, None] - hz) / (e[2:] - e[1:-1])[:, None]
    logs = np.log(power @ np.maximum(0, np.minimum(rise, fall)).T + 1e-5)
    cepstrum = dct(logs, axis=1, norm="ortho")[:, :14]
    change = np.zeros_like(cepstrum)
    change[2:-2] = cepstrum[4:] - cepstrum[:-4]
    return np.hstack([cepstrum, change])


def take_of(word: list[str], symbols: str, inventory: Inventory, spoken: Spoken) -> AlignedTake:
    """A carrier ready for alignment, its tokens as the first guess."""
    phones = [p for p in word if p != SILENCE]
    signs = {**inventory.vowels, **inventory.consonants}
    at, times = 1, [float(spoken.edges[1])]
    for i, phone in enumerate(phones):
        sign = "ɜ" if phone == "er" and phones[i + 1 : i + 2] == ["r"] else signs[phone]
        at += len(sign) + (symbols[at - 1] == "ˈ")
        times.append(float(spoken.edges[at]))
    found = features(spoken.sound)
    guess = np.clip([0, *(t - _LATE for t in times), len(found) * FRAME_SECONDS], 0, len(found) * FRAME_SECONDS)
    phones = [SILENCE, *phones, SILENCE]
    path = np.concatenate([np.linspace(a, b, STATES, endpoint=False) for a, b in itertools.pairwise(guess)])
    power = np.convolve(spoken.sound**2, np.ones(240) / 240, "same")[:: int(FRAME_SECONDS * TEACHER_RATE)]
    heard = np.where(power > power.max() * 10**-QUIET)[0]
    loud = (int(heard[0]), min(int(heard[-1]), len(found) - 1))
    return AlignedTake(phones, found, guess, np.append(np.round(path / FRAME_SECONDS), len(found)).astype(int), loud)


def align(takes: list[AlignedTake]) -> None:
    """Train on all takes and move every `path` to where the phones really are."""
    everything = np.concatenate([t.features for t in takes])
    centre, scale = everything.mean(0), everything.std(0)
    for t in takes:
        t.features = (t.features - centre) / scale
    for _ in range(ROUNDS):
        models = _trained(takes)
        for t in takes:
            t.path = _found(t, models)


def _trained(takes: list[AlignedTake]) -> dict[str, tuple[Array, Array]]:
    """Mean and variance of every state of every phone."""
    heard: dict[str, list[list[Array]]] = {}
    for t in takes:
        for i, phone in enumerate(t.phones):
            rows = heard.setdefault(phone, [[] for _ in range(STATES)])
            for s in range(STATES):
                rows[s].append(t.features[t.path[i * STATES + s] : t.path[i * STATES + s + 1]])
    out = {}
    for phone, rows in heard.items():
        joined = [np.concatenate(r) for r in rows]
        out[phone] = (np.array([j.mean(0) for j in joined]), np.array([np.maximum(j.var(0), 0.08) for j in joined]))
    return out


def _found(t: AlignedTake, models: dict[str, tuple[Array, Array]]) -> Array:
    """The likeliest way through the states of one take (Viterbi; no state is skipped)."""
    means = np.concatenate([models[p][0] for p in t.phones])
    spreads = np.concatenate([models[p][1] for p in t.phones])
    x = t.features
    fit = -0.5 * ((x[:, None] - means) ** 2 / spreads + np.log(spreads)).sum(2)
    times = np.arange(len(x))[:, None] * FRAME_SECONDS
    early = np.repeat(t.guess[:-1] - REACH, STATES)
    late = np.repeat(t.guess[1:] + REACH, STATES)
    early[-STATES:], late[-2 * STATES :] = 0, 1e9
    fit = np.where((times < early) | (times > late), -1e4, fit)
    first, last = t.loud
    fit[: max(0, first - 4), STATES:-STATES] -= 1e4
    fit[last + 4 :, STATES:-STATES] -= 1e4
    fit[first + 4 : last - 4, :STATES] -= 1e4
    fit[first + 4 : last - 4, -STATES:] -= 1e4
    best, moved = np.full(fit.shape, -1e12), np.zeros(fit.shape, bool)
    best[0, 0] = fit[0, 0]
    for k in range(1, len(x)):
        come = np.append(-1e12, best[k - 1, :-1])
        moved[k] = come > best[k - 1]
        best[k] = np.where(moved[k], come, best[k - 1]) + fit[k]
    path = np.zeros(fit.shape[1] + 1, int)
    path[-1], state = len(x), fit.shape[1] - 1
    for k in range(len(x) - 1, 0, -1):
        if moved[k, state]:
            path[state] = k
            state -= 1
    return path


def marks(t: AlignedTake, inventory: Inventory) -> list[PhoneMark]:
    """The phones of an aligned take without the silences, in order."""
    out = []
    change = np.abs(t.features[:, 14:]).sum(1)
    for i, phone in enumerate(t.phones[1:-1], 1):
        a, b = t.path[i * STATES], t.path[(i + 1) * STATES]
        if phone in STOPS:
            middle = a + 0.3 * (b - a)
        elif phone in inventory.diphthongs:
            middle = a + 0.34 * (b - a)
        else:  # the calmest moment of the middle third
            first, last = int(a + 0.35 * (b - a)), max(int(a + 0.35 * (b - a)) + 1, int(a + 0.65 * (b - a)))
            middle = first + int(np.argmin(change[first:last]))
        out.append(PhoneMark(phone, a * FRAME_SECONDS, middle * FRAME_SECONDS, b * FRAME_SECONDS))
    return out
