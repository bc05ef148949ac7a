"""What the accounts slice refuses."""

from enlist.kit.errors import Refusal


class AccountNotFound(Refusal):
    """No account has this login (field ``login``)."""

    code = "account_not_found"
    sentence = "There is no account {login}; check the login."


class LoginTaken(Refusal):
    """Another account has this login, in whichever letter case (field ``login``)."""

    code = "login_taken"
    sentence = "There already is an account {login}; choose another login."


class DomainTaken(Refusal):
    """Another account is reached by this domain (field ``domain``)."""

    code = "domain_taken"
    sentence = "Another account already uses the domain {domain}."


class BadAccount(Refusal):
    """A property of an account cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_account"
    sentence = "The {field} {reason}."


class ManagerNotFound(Refusal):
    """The account has no manager of this number (field ``manager``)."""

    code = "manager_not_found"
    sentence = "There is no manager {manager}; check the number."


class SiteNotFound(Refusal):
    """The account has no site of this name (field ``site``)."""

    code = "site_not_found"
    sentence = "There is no site {site}; check its name."


class SiteTaken(Refusal):
    """The account has a site of this name (field ``site``)."""

    code = "site_taken"
    sentence = "There already is a site {site}; choose another name."


class TokenTaken(Refusal):
    """This token cannot be given to the site: another one has it (field ``site``)."""

    code = "token_taken"
    sentence = "The token for site {site} is already in use; choose another one."
