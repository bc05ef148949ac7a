"""Delivery: letters as rows, composed by those who know them, handed to a channel, tried again, recorded."""

from .errors import ChannelAway as ChannelAway
from .errors import DeliveryFailed as DeliveryFailed
from .errors import TooManyLetters as TooManyLetters
from .events import RecipientRefused as RecipientRefused
from .limiting import Cause as Cause
from .limiting import allow_letters as allow_letters
from .model import Composer as Composer
from .model import Content as Content
from .model import Letter as Letter
from .model import Message as Message
from .model import QueuedLetter as QueuedLetter
from .queries import prune as prune
from .queueing import QUEUED as QUEUED
from .queueing import queue as queue
from .sending import Sending as Sending
from .settings import DeliverySettings as DeliverySettings
