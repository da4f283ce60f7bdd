"""Intuit app credentials and connections on the wire: secrets go in, and never come out."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Environment(StrEnum):
    """Intuit's two environments."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


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
    ready: bool = Field(description="Whether credentials are kept")


class ConnectionWish(BaseModel):
    """The wish to connect a company through Intuit's consent page."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"environment": "production"}]})
    environment: Environment = Environment.PRODUCTION
    reconnect: str = Field(default="", max_length=100, description="Id of a company that shall come back")


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


class Tested(BaseModel):
    """What QuickBooks answered to a test."""

    name: str = Field(description="The company's name, as QuickBooks says it")
