"""Accounts: whose data this is, how he is reached, and what proves that a caller speaks for him."""

from enlist.domain.accounts.creating import create
from enlist.domain.accounts.errors import (
    AccountNotFound,
    BadAccount,
    DomainTaken,
    LoginTaken,
    SiteNotFound,
    SiteTaken,
    TokenTaken,
)
from enlist.domain.accounts.guarding import check_secret
from enlist.domain.accounts.keeping import add_domain, disable, enable, get, list_, owners, rotate_key
from enlist.domain.accounts.looking_up import CHANGED, Directory
from enlist.domain.accounts.model import Account, Locale, NewAccount, Owner, Plan, Site
from enlist.domain.accounts.site_directory import SiteDirectory
from enlist.domain.accounts.sites import (
    SITES_CHANGED,
    create_site,
    get_site,
    list_sites,
    rotate_site_token,
    set_site_time_zone,
)

__all__ = [
    "CHANGED",
    "SITES_CHANGED",
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
    "Site",
    "SiteDirectory",
    "SiteNotFound",
    "SiteTaken",
    "TokenTaken",
    "add_domain",
    "check_secret",
    "create",
    "create_site",
    "disable",
    "enable",
    "get",
    "get_site",
    "list_",
    "list_sites",
    "owners",
    "rotate_key",
    "rotate_site_token",
    "set_site_time_zone",
]
