"""The settings of segments."""

from dataclasses import dataclass

from enlist.runtime.settings import setting, whole


@dataclass(frozen=True, kw_only=True)
class SegmentSettings:
    """How long actions are kept."""

    keep_actions: int | None = setting(
        whole(1, 36500),
        None,
        "days after which actions of profiles are dropped, a week's worth at a time; unset: they are kept forever",
        "730",
    )
