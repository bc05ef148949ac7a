"""Accounts: whose data this is, how he is reached, and what proves that a caller speaks for him."""

from enlist.domain.accounts.creating import create
from enlist.domain.accounts.errors import AccountNotFound, BadAccount, DomainTaken, LoginTaken
from enlist.domain.accounts.guarding import check_secret
from enlist.domain.accounts.keeping import add_domain, disable, enable, get, list_, owners, rotate_key
from enlist.domain.accounts.looking_up import CHANGED, Directory
from enlist.domain.accounts.model import Account, Locale, NewAccount, Owner, Plan

__all__ = [
    "CHANGED",
    "Account",
    "AccountNotFound",
    "BadAccount",
    "Directory",
    "DomainTaken",
    "Locale",
    "LoginTaken",
    "NewAccount",
    "Owner",
    "Plan",
    "add_domain",
    "check_secret",
    "create",
    "disable",
    "enable",
    "get",
    "list_",
    "owners",
    "rotate_key",
]
