"""Every table of Tieout's database. Whatever belongs to one company carries its id and goes when it goes."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tieout.storage.columns import Counter, Folded, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _company() -> Column[str]:
    return Column("company", Folded, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False)


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _key(name: str) -> Column[str]:
    return Column(name, Folded, nullable=False)


def _at(name: str) -> Column[Any]:
    return Column(name, Instant, nullable=False)


def _maybe(name: str) -> Column[Any]:
    return Column(name, Instant)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _microseconds(name: str) -> Column[int]:
    """Make an instant that statements reckon with: microseconds since 1970 in UTC, alike on both databases."""
    return Column(name, BigInteger, nullable=False, default=0)


def _flag(name: str, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=default)


def _only_where(name: str, *columns: str, where: str) -> Index:
    """Make a rule that holds for some rows: unique among those that the condition takes."""
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text(where),
        postgresql_where=text(where),
    )


companies = Table(
    "companies",
    metadata,
    Column("id", Folded, primary_key=True),
    _key("tenant"),
    _key("realm_id"),
    _words("name"),
    _words("country"),
    _words("currency"),
    _words("environment"),
    _words("host"),
    _words("status"),
    _words("status_why"),
    _flag("read_only"),
    _flag("is_default"),
    _at("connected_at"),
    _at("due_at"),
    _words("leased_by"),
    _maybe("lease_until"),
    Column("fence", Counter, nullable=False, default=0),
    _flag("again"),
    _maybe("cursor"),
    _maybe("complete_until"),
    _maybe("webhook_at"),
    _maybe("untold_at"),
    _maybe("missed_at"),
    _maybe("quiet_since"),
    _maybe("resting_until"),
    UniqueConstraint("tenant", "realm_id"),
    Index("ix_companies_due", "status", "due_at", "id"),
    Index("ix_companies_turn", "status", "tenant", "due_at", "id"),
    Index(
        "ix_companies_leased",
        "lease_until",
        sqlite_where=text("lease_until IS NOT NULL"),
        postgresql_where=text("lease_until IS NOT NULL"),
    ),
    _only_where("uq_companies_default", "tenant", where="is_default"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Folded, primary_key=True),
    _company(),
    _number("position"),
    _words("label"),
    _words("authorised_by"),
    _at("authorised_at"),
    _words("client_id"),
    _key("state"),
    _words("why"),
    _maybe("used_at"),
    _words("access_key"),
    Column("access_box", LargeBinary, nullable=False),
    _words("refresh_key"),
    Column("refresh_box", LargeBinary, nullable=False),
    _at("access_expires_at"),
    _at("refresh_expires_at"),
    _maybe("hard_expires_at"),
    _number("version"),
    _at("saved_at"),
    _words("refreshing_by"),
    _maybe("refreshing_until"),
    Index("ix_grants_company", "company", "position", "id"),
    Index("ix_grants_refresh_expires_at", "refresh_expires_at"),
)

apps = Table(
    "apps",
    metadata,
    _key("tenant"),
    _key("environment"),
    _words("client_id"),
    _words("secret_key"),
    Column("secret_box", LargeBinary, nullable=False),
    _words("secret_ending"),
    _words("verifier_key"),
    Column("verifier_box", LargeBinary),
    _words("door"),
    _at("saved_at"),
    PrimaryKeyConstraint("tenant", "environment"),
    _only_where("uq_apps_door", "door", where="door <> ''"),
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", Folded, primary_key=True),
    _words("name"),
    _words("token_hash"),
    _at("created_at"),
    _only_where("uq_tenants_token_hash", "token_hash", where="token_hash <> ''"),
)

logins = Table(
    "logins",
    metadata,
    Column("state_hash", Folded, primary_key=True),
    _key("session_hash"),
    _key("tenant"),
    _words("environment"),
    _words("redirect_uri"),
    _words("expected_realm"),
    _words("instead_of"),
    _words("label"),
    _words("access"),
    _at("created_at"),
    _at("expires_at"),
    Index("ix_logins_expires_at", "expires_at"),
)

OUT_OF_USE: Final = "deleted OR NOT active"
"""Which records an index holds; a query must say it in these words."""

records = Table(
    "records",
    metadata,
    _company(),
    _key("entity"),
    _key("qbo_id"),
    _words("sync_token"),
    Column("token_number", Counter, nullable=False),
    _flag("active", default=True),
    _flag("deleted"),
    _maybe("deleted_at"),
    _words("name"),
    _words("number"),
    _key("search"),
    _words("party"),
    Column("dated", Date),
    Column("due", Date),
    _words("amount"),
    _words("balance"),
    _words("currency"),
    _words("merged_into"),
    _maybe("created_at"),
    _maybe("updated_at"),
    _at("seen_at"),
    Column("raw", LargeBinary, nullable=False),
    PrimaryKeyConstraint("company", "entity", "qbo_id"),
    # Names alone are listed by name. Documents, which are many and come by date, would have each page of an
    # import write all over this index.
    Index(
        "ix_records_search",
        "company",
        "entity",
        "search",
        "qbo_id",
        sqlite_where=text("dated IS NULL"),
        postgresql_where=text("dated IS NULL"),
    ),
    # Few: with them, and the key, records are counted without looking at any.
    Index(
        "ix_records_out_of_use",
        "company",
        "entity",
        "deleted",
        sqlite_where=text(OUT_OF_USE),
        postgresql_where=text(OUT_OF_USE),
    ),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _key("entity"),
    _key("qbo_id"),
    _words("sync_token"),
    _flag("active", default=True),
    _flag("deleted"),
    _maybe("deleted_at"),
    _words("merged_into"),
    _words("name"),
    _words("number"),
    _maybe("updated_at"),
    _at("seen_at"),
    Column("raw", LargeBinary, nullable=False),
    Index("ix_versions_record", "company", "entity", "qbo_id"),
)

coverage = Table(
    "coverage",
    metadata,
    _company(),
    _key("entity"),
    _maybe("complete_until"),
    _words("rests_on"),
    _maybe("counted_at"),
    _number("there"),
    _number("here"),
    _maybe("swept_at"),
    _maybe("changed_at"),
    _maybe("check_at"),
    _words("trouble"),
    _maybe("troubled_at"),
    _flag("refused"),
    PrimaryKeyConstraint("company", "entity"),
)

imports = Table(
    "imports",
    metadata,
    _company(),
    _key("entity"),
    _words("state"),
    _number("done"),
    _number("total"),
    _maybe("pinned"),
    _at("started_at"),
    _maybe("finished_at"),
    _words("error"),
    _words("way"),
    _number("rate"),
    _maybe("advanced_at"),
    PrimaryKeyConstraint("company", "entity"),
)

import_lanes = Table(
    "import_lanes",
    metadata,
    _company(),
    _key("entity"),
    Column("lane", Integer, nullable=False),
    _number("start"),
    _words("first_id"),
    _words("last_id"),
    _number("done"),
    _flag("finished"),
    PrimaryKeyConstraint("company", "entity", "lane"),
)

links = Table(
    "links",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _key("kind"),
    _key("host_ref"),
    _key("qbo_id"),
    _words("sync_token"),
    _words("how"),
    _at("linked_at"),
    _number("generation"),
    Column("baseline", LargeBinary),
    _words("intended"),
    _words("state"),
    _only_where("uq_links_host", "company", "kind", "host_ref", where="state <> 'unlinked'"),
    _only_where("uq_links_qbo", "company", "kind", "qbo_id", where="state <> 'unlinked'"),
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", Folded, primary_key=True),
    _company(),
    _key("kind"),
    _key("host_ref"),
    _words("action"),
    _key("state"),
    _key("lane"),
    _number("rank"),
    _at("created_at"),
    _at("updated_at"),
    _number("generation"),
    _number("attempts"),
    _maybe("due_at"),
    _words("request_id"),
    Column("body", LargeBinary, nullable=False),
    _maybe("sent_at"),
    _words("waits_for"),
    _words("error"),
    _words("tid"),
    _words("qbo_id"),
    _words("label"),
    _words("intended"),
    _words("sync_token"),
    _flag("duplicate_number"),
    _only_where("uq_pushes_lane", "company", "kind", "host_ref", "lane", where="lane <> 'closed'"),
    Index("ix_pushes_due", "company", "lane", "rank", "created_at"),
    Index("ix_pushes_state", "company", "state", "updated_at"),
    Index("ix_pushes_recent", "company", "updated_at"),
    Index("ix_pushes_record", "company", "kind", "host_ref", "created_at"),
    Index(
        "ix_pushes_open",
        "company",
        "state",
        "created_at",
        sqlite_where=text("lane <> 'closed'"),
        postgresql_where=text("lane <> 'closed'"),
    ),
)

issues = Table(
    "issues",
    metadata,
    Column("id", Folded, primary_key=True),
    _company(),
    _key("kind"),
    _key("record_kind"),
    _key("record"),
    _words("label"),
    _words("what"),
    _words("why"),
    _words("remedy"),
    _words("signature"),
    Column("facts", LargeBinary, nullable=False),
    _key("state"),
    _at("opened_at"),
    _at("seen_at"),
    _maybe("closed_at"),
    _words("closed_by"),
    _words("closed_how"),
    _number("times"),
    _only_where("uq_issues_open", "company", "kind", "record_kind", "record", where="state = 'open'"),
    Index("ix_issues_record", "company", "record_kind", "record", "kind", "times"),
    Index("ix_issues_list", "company", "state", "opened_at", "id"),
)

issue_events = Table(
    "issue_events",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("issue", Folded, ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    _at("at"),
    _words("what"),
    _words("actor"),
    _words("detail"),
    Index("ix_issue_events_issue", "issue", "id"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _at("at"),
    _key("kind"),
    _key("host_ref"),
    _key("qbo_id"),
    _words("what"),
    _words("detail"),
    _words("tid"),
    _words("actor"),
    Index("ix_timeline_host", "company", "kind", "host_ref", "id"),
)

intents = Table(
    "intents",
    metadata,
    _company(),
    _key("kind"),
    _key("host_ref"),
    Column("body", LargeBinary, nullable=False),
    _words("fingerprint"),
    _words("label"),
    _key("number"),
    _words("total"),
    _words("currency"),
    Column("dated", Date),
    _at("changed_at"),
    _key("search"),
    PrimaryKeyConstraint("company", "kind", "host_ref"),
    Index("ix_intents_recent", "company", "changed_at", "kind", "host_ref"),
)

intent_allocations = Table(
    "intent_allocations",
    metadata,
    _company(),
    _key("payment"),
    _key("invoice"),
    PrimaryKeyConstraint("company", "payment", "invoice"),
    Index("ix_intent_allocations_invoice", "company", "invoice"),
)

allocations = Table(
    "allocations",
    metadata,
    _company(),
    _key("qbo_payment"),
    _key("qbo_target"),
    _key("target_kind"),
    _key("host_invoice"),
    _words("amount"),
    _words("key"),
    _words("direction"),
    _words("sync_token"),
    PrimaryKeyConstraint("company", "qbo_payment", "qbo_target", "target_kind"),
    Index("ix_allocations_invoice", "company", "host_invoice"),
)

inbound = Table(
    "inbound",
    metadata,
    _company(),
    _key("entity"),
    _key("qbo_id"),
    _words("sync_token"),
    _key("state"),
    _words("reason"),
    _words("waits_for"),
    _number("attempts"),
    _maybe("retry_at"),
    _at("noted_at"),
    PrimaryKeyConstraint("company", "entity", "qbo_id"),
    Index("ix_inbound_retry", "company", "state", "retry_at"),
)

cycles = Table(
    "cycles",
    metadata,
    Column("id", Folded, primary_key=True),
    _company(),
    _words("cause"),
    Column("fence", Counter, nullable=False),
    _words("state"),
    _at("started_at"),
    _maybe("finished_at"),
    Column("stats", LargeBinary, nullable=False),
    _words("error"),
    Index("ix_cycles_started", "company", "started_at", "id"),
    Index("ix_cycles_finished", "finished_at"),
)

settings = Table(
    "settings",
    metadata,
    _company(),
    _key("name"),
    _words("value"),
    _words("changed_by"),
    _at("changed_at"),
    PrimaryKeyConstraint("company", "name"),
)

setting_changes = Table(
    "setting_changes",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _key("name"),
    Column("before", Text),
    _words("after"),
    _words("actor"),
    _at("at"),
    Index("ix_setting_changes_name", "company", "name", "id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _key("tenant"),
    _at("at"),
    _words("actor"),
    _words("door"),
    _words("operation"),
    _words("subject"),
    _words("before"),
    _words("after"),
    Index("ix_audit_tenant", "tenant", "id"),
)

host_cursors = Table(
    "host_cursors",
    metadata,
    _company(),
    _key("host"),
    _words("cursor"),
    PrimaryKeyConstraint("company", "host"),
)

meta = Table("meta", metadata, Column("name", Folded, primary_key=True), _words("value"))

events = Table(
    "events",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _key("key"),
    _key("entity"),
    _key("qbo_id"),
    _words("operation"),
    _words("deleted_id"),
    _maybe("happened_at"),
    _at("came_at"),
    _key("state"),
    _number("attempts"),
    _maybe("settled_at"),
    UniqueConstraint("company", "key"),
    Index("ix_events_open", "company", "state", "id"),
    Index("ix_events_happened", "company", "happened_at"),
)

reads = Table(
    "reads",
    metadata,
    _company(),
    Column("day", Date, nullable=False),
    _key("what"),
    _number("number"),
    PrimaryKeyConstraint("company", "day", "what"),
)

throttles = Table(
    "throttles",
    metadata,
    Column("key", Folded, primary_key=True),
    _microseconds("turn_at"),
    _microseconds("calls_at"),
    _microseconds("batches_at"),
    _microseconds("reports_at"),
    _microseconds("paused_until"),
)

failed_calls = Table(
    "failed_calls",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _company(),
    _at("at"),
    _words("what"),
    Column("status", Integer, nullable=False),
    _words("code"),
    _words("tid"),
    _words("message"),
    Index("ix_failed_calls_company", "company", "id"),
)

sections = Table(
    "sections",
    metadata,
    _company(),
    _key("name"),
    _maybe("completed_at"),
    _maybe("tried_at"),
    _words("error"),
    Column("stats", LargeBinary, nullable=False),
    PrimaryKeyConstraint("company", "name"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Folded, primary_key=True),
    _words("machine"),
    _words("role"),
    _words("version"),
    _at("started_at"),
    _at("beat_at"),
    _maybe("ended_at"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Folded, primary_key=True),
    Column("company", Folded, ForeignKey("companies.id", ondelete="CASCADE")),
    _key("name"),
    Column("args", LargeBinary, nullable=False),
    _key("state"),
    _key("lock"),
    _at("created_at"),
    _at("due_at"),
    _number("attempts"),
    _words("leased_by"),
    _maybe("lease_until"),
    Column("fence", Counter, nullable=False, default=0),
    _maybe("finished_at"),
    _words("error"),
    _only_where("uq_jobs_lock", "lock", where="lock <> '' AND state = 'queued'"),
    Index("ix_jobs_due", "state", "due_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Folded, primary_key=True),
    _key("tenant"),
    Column("company", Folded, ForeignKey("companies.id", ondelete="CASCADE")),
    _key("kind"),
    _key("about"),
    _words("severity"),
    _words("what"),
    _words("record"),
    _words("why"),
    _words("remedy"),
    _at("told_at"),
    _maybe("over_at"),
    _maybe("seen_at"),
    _words("seen_by"),
    _number("times"),
    _only_where("uq_notices_standing", "tenant", "kind", "about", where="over_at IS NULL"),
    Index("ix_notices_tenant", "tenant", "told_at", "id"),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Folded, primary_key=True),
    _key("tenant"),
    _key("kind"),
    _words("address"),
    _words("secret_key"),
    Column("secret_box", LargeBinary),
    _words("least"),
    _at("created_at"),
    _words("created_by"),
    Index("ix_channels_tenant", "tenant", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Folded, primary_key=True),
    Column("notice", Folded, ForeignKey("notices.id", ondelete="CASCADE"), nullable=False),
    Column("channel", Folded, ForeignKey("channels.id", ondelete="CASCADE"), nullable=False),
    _key("state"),
    _number("attempts"),
    _maybe("due_at"),
    _words("error"),
    _at("created_at"),
    _maybe("delivered_at"),
    Index("ix_deliveries_due", "state", "due_at"),
    Index("ix_deliveries_notice", "notice"),
)

ledger_counters = Table(
    "ledger_counters",
    metadata,
    Column("tenant", Folded, primary_key=True),
    Column("newest", Counter, nullable=False),
)

ledger_records = Table(
    "ledger_records",
    metadata,
    _key("tenant"),
    _key("kind"),
    _key("ref"),
    Column("seq", Counter, nullable=False),
    _flag("deleted"),
    Column("body", LargeBinary, nullable=False),
    _key("number"),
    _words("total"),
    _key("search"),
    PrimaryKeyConstraint("tenant", "kind", "ref"),
    UniqueConstraint("tenant", "seq"),
    Index("ix_ledger_records_number", "tenant", "kind", "number"),
)

ledger_allocations = Table(
    "ledger_allocations",
    metadata,
    _key("tenant"),
    _key("payment"),
    Column("position", Integer, nullable=False),
    _key("invoice"),
    _words("amount"),
    _flag("counts", default=True),
    PrimaryKeyConstraint("tenant", "payment", "position"),
    Index("ix_ledger_allocations_invoice", "tenant", "invoice"),
)
