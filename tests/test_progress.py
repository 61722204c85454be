"""One rewritten line for a person, a plain line now and then for a log."""

import io

import pytest

from phi4 import progress
from phi4.progress import Progress, clock


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch):
    """Every step is shown."""
    monkeypatch.setattr(progress, "PLAIN_EVERY", 0)
    monkeypatch.setattr(progress, "REDRAW_EVERY", 0)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9.4, "0:09"), (75, "1:15"), (3599.6, "1:00:00"), (4000, "1:06:40"), (-5, "0:00")],
)
def test_a_time_is_shown_as_a_clock(seconds, shown):
    assert clock(seconds) == shown


@pytest.mark.usefixtures("impatient")
def test_a_log_gets_plain_lines_with_count_rate_and_time_left():
    stream = io.StringIO()
    with Progress("drafts", 4, stream=stream) as bar:
        bar.step(note="· 1 accepted")
        bar.step(3)
    first, last = stream.getvalue().splitlines()
    assert first.startswith("drafts: 1/4 drafts · ")
    assert first.endswith(" left · 1 accepted")
    assert last.startswith("drafts: 4/4 drafts · ")
    assert last.endswith(" 0:00 left · 1 accepted")
    assert "\r" not in stream.getvalue()
    assert "\033" not in stream.getvalue()


@pytest.mark.usefixtures("impatient")
def test_a_terminal_gets_one_line_that_is_rewritten_and_taken_away():
    stream = FakeTerminal()
    with Progress("download", 10, unit="MB", stream=stream) as bar:
        bar.step(2)
        bar.step(3)
    shown = stream.getvalue()
    assert "\n" not in shown
    assert shown.count("\r\033[K") == 3
    assert "download: 5/10 MB" in shown
    assert shown.endswith("\r\033[K")


@pytest.mark.usefixtures("impatient")
def test_a_long_note_never_wraps_the_terminals_line():
    stream = FakeTerminal()
    Progress("drafts", 2, stream=stream).step(note="가" * 500)
    assert len(stream.getvalue().removeprefix("\r\033[K")) == 110


@pytest.mark.usefixtures("impatient")
def test_more_than_expected_has_no_time_left():
    stream = io.StringIO()
    Progress("drafts", 1, stream=stream).step(5)
    assert "5/5" in stream.getvalue()
    assert "? left" in stream.getvalue()


def test_a_log_is_not_flooded():
    stream = io.StringIO()
    with Progress("drafts", 1000, stream=stream) as bar:
        for _ in range(1000):
            bar.step()
    assert stream.getvalue() == ""
    assert bar.done == 1000


@pytest.mark.usefixtures("impatient")
def test_the_line_goes_when_the_work_fails():
    stream = FakeTerminal()

    def failing():
        with Progress("drafts", 2, stream=stream) as bar:
            bar.step()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert stream.getvalue().endswith("\r\033[K")


@pytest.mark.usefixtures("impatient")
def test_progress_goes_to_stderr_so_that_stdout_stays_clean(capsys):
    with Progress("drafts", 1) as bar:
        bar.step()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("drafts: 1/1 drafts")
