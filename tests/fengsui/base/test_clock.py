"""How a time is kept and written."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from fengsui.base.clock import from_microseconds, microseconds, now, rfc3339

MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_no_microsecond_is_lost_on_the_way_to_the_journal_and_back(at: datetime) -> None:
    assert from_microseconds(microseconds(at)) == at


@given(MOMENTS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1)))
def test_a_later_moment_is_a_greater_number(at: datetime, later: timedelta) -> None:
    assert microseconds(at + later) - microseconds(at) == later // timedelta(microseconds=1)


def test_times_are_written_in_utc_with_milliseconds_and_z() -> None:
    shuoquan = timezone(timedelta(hours=8))
    assert rfc3339(datetime(2026, 11, 24, 11, 12, 5, 100_900, tzinfo=shuoquan)) == "2026-11-24T03:12:05.100Z"
    assert rfc3339(datetime(2026, 11, 24, tzinfo=UTC)) == "2026-11-24T00:00:00.000Z"


def test_the_same_moment_is_the_same_number_in_every_zone() -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert microseconds(at.astimezone(timezone(timedelta(hours=8)))) == microseconds(at) == 1_795_489_200_000_000


def test_the_server_s_time_is_utc() -> None:
    assert now().utcoffset() == timedelta(0)
