"""The letter that asks "was it you?"."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from enlist.domain import delivery
from enlist.domain.groups.messages.composing import confirmation

CONFIRM = "https://school.example/confirm/" + "c" * 150 + "?a=1&b=2"
LEAVE = "https://school.example/leave/" + "l" * 150


def letter(
    locale: str = "en", *, name: str = "Anna", titles: tuple[str, ...] = ("Lessons",), shop: str = "school"
) -> delivery.Content:
    return confirmation(locale, name=name, group_titles=titles, confirm_url=CONFIRM, leave_url=LEAVE, shop=shop)


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs)["href"])


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_after_the_greeting_the_confirmation_link_comes_first_and_alone_on_its_line(locale: str) -> None:
    content = letter(locale)
    assert re.findall(r"https?://\S+", content.text) == [CONFIRM, LEAVE]
    lines = content.text.splitlines()
    place = lines.index(CONFIRM)
    assert (lines[place - 1], lines[place + 1]) == ("", "")
    assert LEAVE in content.text.splitlines()


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_the_html_has_a_button_the_bare_link_and_the_way_out(locale: str) -> None:
    content = letter(locale)
    assert Links(content.html).found == [CONFIRM, CONFIRM, LEAVE]
    assert f">{CONFIRM.replace('&', '&amp;')}<" in content.html
    assert "<style" not in content.html
    assert 'style="' in content.html
    assert f'lang="{locale}"' in content.html


def test_english_for_one_group_and_for_several() -> None:
    one, three = letter(), letter(titles=("Lessons", "News", "Offers"))
    assert one.subject == "Please confirm your subscription to “Lessons”"
    assert "to subscribe to “Lessons” at school." in one.text
    assert three.subject == "Please confirm your subscriptions to “Lessons”, “News” and “Offers”"
    assert "to subscribe to “Lessons”, “News” and “Offers” at school." in three.text


def test_russian_for_one_group_and_for_several() -> None:
    one, two = letter("ru", titles=("Уроки",)), letter("ru", titles=("Уроки", "Новости"))
    assert one.subject == "Подтвердите подписку на «Уроки»"
    assert "чтобы подписаться на «Уроки»." in one.text
    assert two.subject == "Подтвердите подписки на «Уроки» и «Новости»"
    assert "чтобы подписаться на «Уроки» и «Новости»." in two.text


@pytest.mark.parametrize(("locale", "greeting"), [("en", "Hello, Анна!"), ("ru", "Здравствуйте, Анна!")])
def test_a_person_is_greeted_by_name(locale: str, greeting: str) -> None:
    content = letter(locale, name=" Анна\r\n")
    assert greeting in content.text.splitlines()
    assert greeting in content.html


@pytest.mark.parametrize(
    "name", ["", "  ", "win at http://spam.example", "buy.example now", "www.x", "a@b", "x" * 61, "1\\2"]
)
@pytest.mark.parametrize(("locale", "greeting"), [("en", "Hello,"), ("ru", "Здравствуйте!")])
def test_without_a_name_that_can_be_shown_a_person_is_greeted_without(name: str, locale: str, greeting: str) -> None:
    content = letter(locale, name=name)
    assert greeting in content.text.splitlines()
    assert greeting in content.html
    assert not name.strip() or name not in content.text


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_it_says_who_asks_and_what_to_do_if_it_was_not_you(locale: str) -> None:
    content = letter(locale, shop="anna-school")
    for part in (content.text, content.html):
        assert "anna-school" in part
        assert ("ignore this email" if locale == "en" else "ничего не делайте") in part
    assert (content.sender_name, content.leave_url) == ("anna-school", LEAVE)


def test_names_are_text_and_not_html_nor_template() -> None:
    content = letter(name="<b>Anna</b>", titles=("{{ 7 * 7 }} <script>", "A\n\nB"), shop="R&D")
    assert "<script" not in content.html
    assert "<b>Anna" not in content.html
    assert "{{ 7 * 7 }} &lt;script&gt;" in content.html
    assert "“{{ 7 * 7 }} <script>” and “A B”" in content.text
    assert "R&amp;D" in content.html
