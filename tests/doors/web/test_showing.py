"""Pages of a door: its own templates over the common layout, and headers that keep private pages private."""

from pathlib import Path

import jinja2
import pytest

from enlist.doors.web import showing
from enlist.doors.web.showing import Pages


def test_a_doors_template_stands_in_the_common_layout_and_is_escaped(tmp_path: Path) -> None:
    blocks = "{% block heading %}Own{% endblock %}{% block text %}<p>{{ said }}</p>{% endblock %}"
    template = '{% extends "layout.html" %}' + blocks
    (tmp_path / "own.html").write_text(template)
    answer = Pages(tmp_path).show("own", "en", said="<b>")
    assert "<!doctype html>" in answer.content.lower()
    assert "<p>&lt;b&gt;</p>" in answer.content


def test_of_two_templates_with_one_name_the_doors_own_counts(tmp_path: Path) -> None:
    (tmp_path / "problem.html").write_text("mine: {{ heading }}")
    assert Pages(tmp_path).show("problem", "en", heading="x", text="y").content == "mine: x"
    assert "mine" not in showing.problem("en", 404, "missing.title", "missing.text").content


def test_no_door_has_the_templates_of_another(tmp_path: Path) -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        Pages(tmp_path).show("bill", "en")


@pytest.mark.parametrize("private", [True, False])
def test_only_private_pages_forbid_frames_and_keep_their_address_to_themselves(private: bool) -> None:
    headers = showing.problem("en", 404, "missing.title", "missing.text", private=private).headers
    assert ("frame-ancestors 'none'" in headers["Content-Security-Policy"]) is private
    assert ("Referrer-Policy" in headers) is private
