"""Every language is as complete as English; `make messages` brings its catalog level."""

from __future__ import annotations

import re

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

from config import catalogs
from tests.architecture.test_templates import TEMPLATES

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?[a-z]+[^>]*>")


def catalog_in_the_tree(language: str) -> Catalog:
    with catalogs.path_of(language, ".po").open("rb") as file:
        return read_po(file, locale=language)


def texts_of(catalog: Catalog) -> set[str]:
    """What is translated: the text itself, or its singular and plural."""
    return {str(message.id) for message in catalog if message.id}


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def keeps_its_placeholders(message: Message) -> bool:
    """A form for one may say “one” instead of the number; every other form has all of them."""
    texts = [message.id] if isinstance(message.id, str) else [str(text) for text in message.id]
    *for_one, for_many = catalogs.words_of(message)
    allowed = [placeholders(text) for text in texts]
    return placeholders(for_many) == allowed[-1] and all(
        placeholders(words) in allowed for words in for_one
    )


def test_every_language_that_one_can_choose_has_a_catalog() -> None:
    assert catalogs.languages() == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_has_every_text_of_code_and_templates_and_no_other(language: str) -> None:
    used = texts_of(catalogs.messages_in_use(language))
    there = texts_of(catalog_in_the_tree(language))

    assert sorted(used - there) == []
    assert sorted(there - used) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_guessed_or_left_over(language: str) -> None:
    catalog = catalog_in_the_tree(language)

    assert [message.id for message in catalogs.untranslated(catalog)] == []
    assert [message.id for message in catalog if message.fuzzy] == []
    assert list(catalog.obsolete) == []


def test_no_template_translates_an_empty_text() -> None:
    # Gettext answers with the header of the catalog.
    found = [path for path in TEMPLATES if re.search(r"{% translate (\"\"|'')", path.read_text())]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_and_marks_of_their_texts(language: str) -> None:
    messages = [
        message
        for message in catalog_in_the_tree(language)
        if message.id and all(catalogs.words_of(message))
    ]

    assert [message.id for message in messages if not keeps_its_placeholders(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_files_are_what_make_messages_writes(language: str) -> None:
    catalog = catalogs.translated(language)

    people, programs = catalogs.path_of(language, ".po"), catalogs.path_of(language, ".mo")
    assert people.read_bytes() == catalogs.for_people(catalog)
    assert programs.read_bytes() == catalogs.for_programs(catalog)
