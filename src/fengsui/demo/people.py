"""The demo's accounts: one for each role, its token and password kept in the demo's own folder."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fengsui.accounts.models import Account, Grant, Token
from fengsui.accounts.who_may import Role
from fengsui.demo.areas import Plan


@dataclass(frozen=True)
class Seat:
    """An account of the demo. `key` names it in the credentials."""

    key: str
    role: Role
    zh: str
    en: str
    is_other_area: bool = False
    is_one_click: bool = False


SEATS = [
    Seat("dispatcher", Role.DISPATCHER, "派警二席", "Seat 2", is_one_click=True),
    Seat("call_taker", Role.CALL_TAKER, "接警一席", "Call desk 1"),
    Seat("shift_lead", Role.SHIFT_LEAD, "值班长", "Shift lead", is_one_click=True),
    Seat("crew", Role.CREW, "班组", "Crew", is_one_click=True),
    Seat("planner", Role.PLANNER, "规划席", "Planner"),
    Seat("auditor", Role.AUDITOR, "审计席", "Auditor", is_one_click=True),
    Seat("administrator", Role.ADMINISTRATOR, "系统管理", "Administrator"),
    Seat("other_area_dispatcher", Role.DISPATCHER, "县派警席", "County seat", is_other_area=True),
]
# The colleague who plays the other seats when calls come by themselves; nobody signs in as it.
COLLEAGUE = "demo_colleague"


def make_people(plan: Plan, crew_unit: str, *, now: datetime) -> dict[str, Any]:
    """All accounts; what the credentials file tells of them."""
    tokens, sign_ins = {}, {}
    for seat in SEATS:
        password = secrets.token_urlsafe(9)
        centre = plan.second if seat.is_other_area else plan.first
        grant = _account(seat.key, password, {"zh": seat.zh, "en": seat.en}, seat.role, centre, crew_unit)
        tokens[seat.key] = Token.issue(grant, now=now)
        sign_ins[seat.key] = {"user": seat.key, "password": password}
    for centre in (plan.first, plan.second):
        label = {"zh": "演示派警员", "en": "Demo dispatcher"}
        _account(f"{COLLEAGUE}_{centre.lower()}", None, label, Role.DISPATCHER, centre, "")
    return {"centre": plan.first, "tokens": tokens, "sign_ins": sign_ins, "crew_unit": crew_unit}


def _account(
    username: str, password: str | None, label: dict[str, str], role: Role, centre: str, crew_unit: str
) -> Grant:
    account = Account(username=username, label=label)
    account.set_password(password) if password else account.set_unusable_password()
    account.save()
    unit = crew_unit if role is Role.CREW else ""
    grant: Grant = Grant.objects.create(
        account=account, role=role.value, area_code=centre, centre_code=centre, unit=unit
    )
    return grant


def write_private(path: Path, told: dict[str, Any]) -> None:
    """Write JSON that only its owner can read, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(told, opened, ensure_ascii=False, indent=1)
    beside.replace(path)
