"""Intuit app credentials and connections on the wire: secrets go in, and never come out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tieout.api.shapes.companies import Company
from tieout.connections import apps


class Environment(StrEnum):
    """Intuit's two environments."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class Access(StrEnum):
    """Whether Tieout may write into a company's books."""

    READ_ONLY = "read_only"
    READ_WRITE = "read_write"


class AppIn(BaseModel):
    """An Intuit app's credentials."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"client_id": "ABcd…", "client_secret": "…"}]},
    )
    client_id: str = Field(max_length=500)
    client_secret: SecretStr = Field(max_length=500)


class AppShown(BaseModel):
    """What may be shown of an Intuit app."""

    model_config = ConfigDict(from_attributes=True)
    environment: str
    client_id: str
    secret_ending: str = Field(description="The last four characters of the secret")
    ready: bool = Field(description="Whether both credentials are kept, so that a company can be connected")
    source: str = Field(description="`own`, `operator` for the shared app, empty for none")
    scope: str = Field(description="What Intuit is asked for")
    redirect_uri: str = Field(description="Register this address with the app at Intuit, to the letter")


class ConnectionWish(BaseModel):
    """The wish to connect a company through Intuit's consent page."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"environment": "production"}]})
    environment: Environment = Environment.PRODUCTION
    reconnect: str = Field(default="", max_length=100, description="Id of a company that shall come back")
    instead_of: str = Field(
        default="all",
        max_length=100,
        description="Whose place the new sign-in takes: `all`, one sign-in's id, or empty for one more",
    )
    label: str = Field(default="", max_length=100, description="Who will sign in at Intuit, as you call them")
    access: Access | None = Field(
        default=None, description="Without it a known company stays as it is, and a new one may be written to"
    )


class ConnectionStart(BaseModel):
    """Where to send the browser."""

    url: str


class Adoption(BaseModel):
    """A refresh token that was granted to the same Intuit app elsewhere."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"environment": "sandbox", "realm_id": "9130357849201", "refresh_token": "…"}]
        },
    )
    environment: Environment = Environment.PRODUCTION
    realm_id: str = Field(max_length=50, pattern=r"^\d+$")
    refresh_token: SecretStr = Field(max_length=5000)
    instead_of: str = Field(default="all", max_length=100, description="As in `/connections`")
    label: str = Field(default="", max_length=100, description="Who signed in at Intuit, as you call them")
    access: Access | None = None


class GrantShape(BaseModel):
    """One person's sign-in for a company. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    label: str = Field(description="Who signed in at Intuit, as they were called here")
    authorised_by: str
    authorised_at: datetime
    state: str = Field(description="`in_use`, `standby` or `lost`")
    why: str = Field(description="Why it was lost")
    used_at: datetime | None
    access_expires_at: datetime
    ends_at: datetime = Field(description="When it ends unless it is renewed before")
    ends_by: str
    days_left: int


class GrantOrder(BaseModel):
    """Another order of a company's sign-ins."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"grants": ["grant_…", "grant_…"]}]}
    )
    grants: list[str] = Field(max_length=100, description="Every sign-in's id, in the order they are tried")


class PauseWish(BaseModel):
    """Why a company is paused."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "year-end closing"}]}
    )
    reason: str = Field(min_length=1, max_length=500)


class AccessWish(BaseModel):
    """What Tieout may do in a company."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"access": "read_only"}]})
    access: Access


class PermissionShape(BaseModel):
    """One thing that could be done in a company's books."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    what: str
    allowed: bool
    why: str


class ComparisonShape(BaseModel):
    """One thing that could be done in a company's books, and with which access Tieout may."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    what: str
    read_only: bool
    read_write: bool = Field(description="Once sending is switched on; before, nothing is written either")
    why: str


class BelongingShape(BaseModel):
    """A sort of thing that goes with a company."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    words: str
    number: int


class LeavingShape(BaseModel):
    """What erasing a company removes."""

    model_config = ConfigDict(from_attributes=True)
    company: Company
    goes: list[BelongingShape]
    stays: list[str]
    becomes_default: str = Field(description="The company that becomes the default one, if that changes")
    hindrance: str = Field(description="Why it cannot be erased now; empty when it can")


class Tested(BaseModel):
    """What QuickBooks answered to a test."""

    name: str = Field(description="The company's name, as QuickBooks says it")


def app_shape(shown: apps.AppShown, base_url: str) -> AppShown:
    """Show an app; `base_url` is where browsers reach this installation."""
    return AppShown(
        environment=shown.environment,
        client_id=shown.client_id,
        secret_ending=shown.secret_ending,
        ready=shown.ready,
        source=shown.source,
        scope=shown.scope,
        redirect_uri=f"{base_url}/oauth/callback",
    )
