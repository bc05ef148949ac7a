"""Delivery: letters as rows, composed by those who know them, handed to a channel, tried again, recorded."""

from enlist.domain.delivery.errors import ChannelAway, DeliveryFailed, TooManyLetters
from enlist.domain.delivery.events import RecipientRefused
from enlist.domain.delivery.limiting import Cause, allow_letters
from enlist.domain.delivery.model import Channel, Composer, Content, Letter, Message, QueuedLetter
from enlist.domain.delivery.pace import Pace
from enlist.domain.delivery.pruning import prune
from enlist.domain.delivery.queueing import QUEUED, queue
from enlist.domain.delivery.sending import Sending

__all__ = [
    "QUEUED",
    "Cause",
    "Channel",
    "ChannelAway",
    "Composer",
    "Content",
    "DeliveryFailed",
    "Letter",
    "Message",
    "Pace",
    "QueuedLetter",
    "RecipientRefused",
    "Sending",
    "TooManyLetters",
    "allow_letters",
    "prune",
    "queue",
]
