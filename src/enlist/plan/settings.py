"""All settings of the program, collected from the parts that declare them, and read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from enlist.channels.settings import ChannelSettings
from enlist.domain.delivery import DeliverySettings
from enlist.domain.segments import SegmentSettings
from enlist.doors.just.settings import JustSettings
from enlist.doors.justclick.api.settings import ApiSettings
from enlist.runtime import settings as mechanism
from enlist.runtime.postgres.settings import DatabaseSettings
from enlist.runtime.settings import Described, one_of, setting


@dataclass(frozen=True, kw_only=True)
class Settings(
    SegmentSettings,
    DeliverySettings,
    ChannelSettings,
    JustSettings,
    ApiSettings,
    DatabaseSettings,
):
    """Everything that can be set; whoever uses a part of it is given that part, or asks for no more by its type."""

    log_level: str = setting(
        one_of("debug", "info", "warning", "error"),
        "info",
        "how much is logged: debug, info, warning or error",
        "info",
    )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings from ``environment``.

    Raises WrongSetting for the first variable that cannot be used, and for an ``ENLIST_...`` variable that is unknown
    (a spelling mistake must not silently mean the default).
    """
    return mechanism.read_settings(Settings, environment)


def describe(settings: Settings | None = None) -> list[Described]:
    """List every setting with its default, and its present value where ``settings`` are given (secrets masked)."""
    return mechanism.describe(Settings, settings)
