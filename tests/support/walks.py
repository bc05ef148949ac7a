"""Follows one call through the program and tells which files of ours it passes, in order."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import enlist

_ROOT = str(Path(enlist.__file__).parent)


@contextmanager
def followed() -> Iterator[list[str]]:
    """Note the files below ``src/enlist`` whose functions run meanwhile, each once, in the order of their first run."""
    passed: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(_ROOT) and frame.f_code.co_name != "<module>":
            passed[name[len(_ROOT) + 1 :]] = None

    files: list[str] = []
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        files += passed
