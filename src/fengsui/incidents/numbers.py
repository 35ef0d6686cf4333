"""The numbers that people see: CENTRE-YYMMDD-NNNN, the day in the centre's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fengsui.base.models import Area
from fengsui.incidents.models import DayCounter


def next_number(centre_code: str, *, now: datetime) -> str:
    """The next number of the centre's day; called inside the act that uses it."""
    zone = ZoneInfo(Area.objects.values_list("timezone", flat=True).get(code=centre_code))
    day = now.astimezone(zone).date()
    counter, _ = DayCounter.objects.select_for_update().get_or_create(
        centre_code=centre_code, day=day, defaults={"last": 0}
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{centre_code}-{day:%y%m%d}-{counter.last:04d}"
