"""The JustClick door: one language in three places, the signed calls, the forms on old pages, and partners' links."""
