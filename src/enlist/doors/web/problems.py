"""What pages say when something is wrong that any page may meet: a heading, and a sentence that says what to do."""

from typing import Final

from enlist.runtime.texts import N_

NO_PAGE: Final = N_("Page not found"), N_("Please check the address.")
BROKEN_LINK: Final = (
    N_("This link doesn’t work"),
    N_("It may have been cut off. Please open it from the email again, or copy all of it."),
)
MALFORMED: Final = (
    N_("We couldn’t read the form"),
    N_("What the form sent was damaged. Please go back and try again."),
)
TOO_LARGE: Final = (
    N_("Too much data"),
    N_("The form sent more than we can accept. Please go back and shorten your text."),
)
TOO_OFTEN: Final = N_("Too many attempts"), N_("Please try again in an hour.")
BUSY: Final = N_("Please try again"), N_("We’re very busy right now. Please try again in a few seconds.")
FAULT: Final = (
    N_("Something went wrong"),
    N_("It’s our fault, and we’ve logged it. Please try again in a few minutes."),
)
