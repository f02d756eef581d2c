"""The embedded studio: composes and renders songs on this machine, behind the same interface as a remote API.

`Studio` is the provider, `run_studio` the engine that renders, `tidy` removes what is older than 48 hours. None imports numpy.
"""

from integrations.music.studio.engine import run_studio
from integrations.music.studio.provider import Studio, tidy_recordings

__all__ = ["Studio", "run_studio", "tidy_recordings"]
