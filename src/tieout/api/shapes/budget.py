"""The read budget and webhooks on the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tieout.connections import budget, webhooks


class CompanyBudgetShown(BaseModel):
    """One company's metered reads of QuickBooks in this month (UTC)."""

    company: str
    name: str
    today: int
    month: int = Field(description="So far")
    forecast: int = Field(description="What the month will come to at this rate")
    allowance: int = Field(description="The setting `monthly_reads`")
    spent_on: dict[str, int] = Field(description="This month's reads by what was read")
    by_day: dict[date, int] = Field(description="This month's reads by day (UTC), days without any left out")
    look_every_minutes: int = Field(description="Minutes between two looks that nobody asked for")
    webhooks: str = Field(description="`working`, `silent` or `never` heard")
    slowed_to_minutes: int | None = Field(
        description="Minutes between two looks while the brake is on; null while it is off"
    )


class BudgetShown(BaseModel):
    """What this month's reads come to, company by company, and of the Intuit app that they share."""

    month_ends: datetime
    companies: list[CompanyBudgetShown]
    app_used: int = Field(description="By all companies of the Intuit app, summed up once an hour")
    app_allowance: int
    app_companies: int


class WebhooksWish(BaseModel):
    """How an app's webhooks shall be set up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"verifier": "…"}]})
    verifier: SecretStr | None = Field(
        default=None,
        max_length=500,
        description="Intuit's verifier token; without it only the address is made, an empty one is forgotten",
    )


class WebhooksShown(BaseModel):
    """How an app's webhooks are set up; the verifier token is never shown."""

    model_config = ConfigDict(from_attributes=True)
    environment: str
    url: str = Field(description="The address to paste at Intuit; empty until it was made")
    ready: bool = Field(description="A verifier token is kept")
    reachable: bool = Field(description="The address is an https one, as Intuit demands")


def budget_shape(found: budget.Budget) -> BudgetShown:
    """Show a budget."""
    return BudgetShown(
        month_ends=found.month_ends,
        companies=[_company(one) for one in found.companies],
        app_used=found.app_used,
        app_allowance=found.app_allowance,
        app_companies=found.app_companies,
    )


def webhooks_shape(found: webhooks.WebhooksShown) -> WebhooksShown:
    """Show how webhooks are set up."""
    return WebhooksShown.model_validate(found)


def _company(one: budget.CompanyBudget) -> CompanyBudgetShown:
    return CompanyBudgetShown(
        company=one.company,
        name=one.name,
        today=one.today,
        month=one.month,
        forecast=one.forecast,
        allowance=one.allowance,
        spent_on=one.spent_on,
        by_day=one.by_day,
        look_every_minutes=round(one.look_every.total_seconds() / 60),
        webhooks=one.webhooks,
        slowed_to_minutes=None if one.slowed_to is None else round(one.slowed_to.total_seconds() / 60),
    )
