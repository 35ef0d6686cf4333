"""Accounts, what they may do where (grants), and the tokens of programs.

An account says who somebody is at work; nothing here describes a member of the public.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from fengsui.accounts.who_may import Role
from fengsui.base.actors import Actor
from fengsui.base.ids import new_id


class Account(AbstractBaseUser):
    """Somebody who works here. `label` is what colleagues see (a seat or a duty), not a private name."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=64, unique=True)
    label = models.JSONField(default=dict, help_text="{zh, en}: the seat or the duty")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"

    objects: ClassVar = BaseUserManager()

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """A role of an account in an area."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=24)
    area_code = models.CharField(max_length=32)
    centre_code = models.CharField(
        max_length=32, help_text="whose journal takes this grant's acts where the object does not say"
    )
    unit = models.CharField(max_length=16, blank=True, help_text="the call sign a crew speaks for")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="grant_role_is_known"),
            models.CheckConstraint(condition=~Q(role="crew", unit=""), name="grant_of_a_crew_names_its_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.role}@{self.area_code}"

    def actor(self) -> Actor:
        """What the verbs, the journal and the access lines know of this account in this role."""
        is_crew = self.role == Role.CREW
        return Actor(
            id=str(self.account_id),
            role=self.role,
            area=self.area_code,
            centre=self.centre_code,
            unit=self.unit or None,
            source=f"crew:{self.unit}" if is_crew else "desk",
            origin="officer" if is_crew else "caller",
        )


def _digest(token: str) -> str:
    # A token is 256 random bits, so a plain hash keeps it: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def of(self, token: str) -> Token | None:
        """The live token with that text, with its grant and account; None where there is none."""
        found = self.select_related("grant__account").filter(digest=_digest(token), revoked_at=None).first()
        return found if found is not None and found.grant.account.is_active else None


class Token(models.Model):
    """A program's way in. Only a digest is kept."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"token of {self.grant}"

    @classmethod
    def issue(cls, grant: Grant, *, now: datetime) -> str:
        """A new token for `grant`; its text is told once and not kept."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(grant=grant, digest=_digest(token), created_at=now)
        return token
