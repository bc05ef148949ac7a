"""Profiles: the visitors of a site, their subscriptions on each channel, and how many came by which refid."""

from enlist.domain.profiles.creating import create, known
from enlist.domain.profiles.errors import BadMark, ProfileNotFound, SubscriptionNotFound
from enlist.domain.profiles.events import MarksChanged, ProfileCreated, Subscribed, Unsubscribed
from enlist.domain.profiles.marking import update_marks
from enlist.domain.profiles.model import Channel, Marks, NewProfile, Subscription, is_profile_id
from enlist.domain.profiles.reporting import ZoneChanged, count_by_day, count_by_refid
from enlist.domain.profiles.subscribing import subscribe
from enlist.domain.profiles.tallying import change_time_zone
from enlist.domain.profiles.unsubscribing import unsubscribe

__all__ = [
    "BadMark",
    "Channel",
    "Marks",
    "MarksChanged",
    "NewProfile",
    "ProfileCreated",
    "ProfileNotFound",
    "Subscribed",
    "Subscription",
    "SubscriptionNotFound",
    "Unsubscribed",
    "ZoneChanged",
    "change_time_zone",
    "count_by_day",
    "count_by_refid",
    "create",
    "is_profile_id",
    "known",
    "subscribe",
    "unsubscribe",
    "update_marks",
]
