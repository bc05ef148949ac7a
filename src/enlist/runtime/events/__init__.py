"""Events: what happened, written in the transaction that made it so, and handed to reactions (docs/events.md)."""

from enlist.runtime.events.delivering import Dispatcher as Dispatcher
from enlist.runtime.events.model import Event as Event
from enlist.runtime.events.model import Reaction as Reaction
from enlist.runtime.events.model import kind_of as kind_of
from enlist.runtime.events.publishing import PUBLISHED as PUBLISHED
from enlist.runtime.events.publishing import publish as publish
from enlist.runtime.events.queries import SetAside as SetAside
from enlist.runtime.events.queries import list_failed as list_failed
from enlist.runtime.events.retrying import ATTEMPTS as ATTEMPTS
from enlist.runtime.events.retrying import FailureNotFound as FailureNotFound
from enlist.runtime.events.retrying import retry_failed as retry_failed
from enlist.runtime.events.taking_over import take_over as take_over
