"""The tree of errors is the one that its module draws."""

import re

import pytest

from phi4 import errors
from phi4.errors import PHi4Error, UsageError, first_line


def classes():
    return {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == errors.__name__
    }


def drawn():
    """Name and depth of every class in the docstring's tree."""
    found = {}
    for line in errors.__doc__.splitlines():
        if match := re.match(r"    ([│├└─ ]*)([A-Z]\w+)\s{2,}", line):
            found[match[2]] = len(match[1]) // 4
    return found


def test_the_drawing_names_exactly_the_classes_that_exist():
    assert set(drawn()) == set(classes())


def test_the_drawing_puts_every_class_below_its_parent():
    parents: list[str] = []
    for name, depth in drawn().items():
        parents[depth:] = [name]
        parent = parents[depth - 1] if depth else "Exception"
        assert classes()[name].__bases__[0].__name__ == parent, name


def test_wrong_use_exits_with_2_and_everything_else_with_1():
    assert {name: kind.exit_code for name, kind in classes().items()} == {
        name: 2 if kind is UsageError else 1 for name, kind in classes().items()
    }


@pytest.mark.parametrize("name", sorted(classes()))
def test_an_error_shows_its_message_and_below_it_its_hint(name):
    error = classes()[name]("'a.txt' is empty", "type: phi4 generate")
    assert isinstance(error, PHi4Error)
    assert str(error) == "'a.txt' is empty\n  type: phi4 generate"
    assert (error.message, error.hint) == ("'a.txt' is empty", "type: phi4 generate")


def test_an_error_without_a_hint_is_one_line():
    assert str(PHi4Error("it is broken")) == "it is broken"


def test_an_error_of_a_library_is_told_by_its_first_line_or_its_name():
    assert first_line(ValueError("\none\ntwo")) == "one"
    assert first_line(ConnectionError()) == "ConnectionError"
