"""Profiles: the visitors of a site, their subscriptions on each channel, and how many came by which refid."""

from .creating import create as create
from .errors import BadMark as BadMark
from .errors import ProfileNotFound as ProfileNotFound
from .errors import SubscriptionNotFound as SubscriptionNotFound
from .events import MarksChanged as MarksChanged
from .events import ProfileCreated as ProfileCreated
from .events import Subscribed as Subscribed
from .events import Unsubscribed as Unsubscribed
from .marking import update_marks as update_marks
from .model import Channel as Channel
from .model import Marks as Marks
from .model import NewProfile as NewProfile
from .model import Subscription as Subscription
from .model import is_profile_id as is_profile_id
from .reporting import count_by_day as count_by_day
from .reporting import count_by_refid as count_by_refid
from .subscribing import subscribe as subscribe
from .tallying import change_time_zone as change_time_zone
from .unsubscribing import unsubscribe as unsubscribe
