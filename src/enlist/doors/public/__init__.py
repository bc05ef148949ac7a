"""The public door: what people meet in a browser, served as README.md beside this file says."""

from enlist.doors.public.app import build
from enlist.doors.public.bills import payment_link, payment_links, payment_path
from enlist.doors.public.links import links
from enlist.doors.public.sessions import partner_links

__all__ = [
    "build",
    "links",
    "partner_links",
    "payment_link",
    "payment_links",
    "payment_path",
]
