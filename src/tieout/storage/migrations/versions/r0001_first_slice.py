"""The first slice: companies, the mirror, links, pushes, issues, the built-in host's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tieout.storage.columns import Counter, Folded, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lead on from the revision before."""
    op.create_table(
        "apps",
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("environment", Folded(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_key", sa.Text(), nullable=False),
        sa.Column("secret_box", sa.LargeBinary(), nullable=False),
        sa.Column("secret_ending", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "environment", name=op.f("pk_apps")),
    )
    op.create_table(
        "audit",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_tenant", "audit", ["tenant", "id"], unique=False)

    op.create_table(
        "companies",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("realm_id", Folded(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("connected_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", Counter, nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("cursor", Instant(), nullable=True),
        sa.Column("complete_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sa.UniqueConstraint("tenant", "realm_id", name=op.f("uq_companies_tenant_realm_id")),
    )
    op.create_index("ix_companies_due", "companies", ["status", "due_at"], unique=False)
    op.create_index(
        "uq_companies_default",
        "companies",
        ["tenant"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )

    op.create_table(
        "ledger_allocations",
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("payment", Folded(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invoice", Folded(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "payment", "position", name=op.f("pk_ledger_allocations")),
    )
    op.create_index(
        "ix_ledger_allocations_invoice", "ledger_allocations", ["tenant", "invoice"], unique=False
    )

    op.create_table(
        "ledger_counters",
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("newest", Counter, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_ledger_counters")),
    )
    op.create_table(
        "ledger_records",
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("ref", Folded(), nullable=False),
        sa.Column("seq", Counter, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("number", Folded(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("search", Folded(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "ref", name=op.f("pk_ledger_records")),
        sa.UniqueConstraint("tenant", "seq", name=op.f("uq_ledger_records_tenant_seq")),
    )
    op.create_index("ix_ledger_records_number", "ledger_records", ["tenant", "kind", "number"], unique=False)

    op.create_table(
        "logins",
        sa.Column("state_hash", Folded(), nullable=False),
        sa.Column("session_hash", Folded(), nullable=False),
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("expected_realm", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_logins")),
    )
    op.create_index("ix_logins_expires_at", "logins", ["expires_at"], unique=False)

    op.create_table(
        "meta",
        sa.Column("name", Folded(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "allocations",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("qbo_payment", Folded(), nullable=False),
        sa.Column("qbo_target", Folded(), nullable=False),
        sa.Column("target_kind", Folded(), nullable=False),
        sa.Column("host_invoice", Folded(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_allocations_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "company", "qbo_payment", "qbo_target", "target_kind", name=op.f("pk_allocations")
        ),
    )
    op.create_index("ix_allocations_invoice", "allocations", ["company", "host_invoice"], unique=False)

    op.create_table(
        "cycles",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("fence", Counter, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("stats", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_cycles_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
    )
    op.create_index("ix_cycles_started", "cycles", ["company", "started_at", "id"], unique=False)

    op.create_table(
        "host_cursors",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("host", Folded(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_host_cursors_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "host", name=op.f("pk_host_cursors")),
    )
    op.create_table(
        "imports",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pinned", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_start", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_imports_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "entity", name=op.f("pk_imports")),
    )
    op.create_table(
        "inbound",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_inbound_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "entity", "qbo_id", name=op.f("pk_inbound")),
    )
    op.create_index("ix_inbound_retry", "inbound", ["company", "state", "retry_at"], unique=False)

    op.create_table(
        "intent_allocations",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("payment", Folded(), nullable=False),
        sa.Column("invoice", Folded(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_intent_allocations_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "payment", "invoice", name=op.f("pk_intent_allocations")),
    )
    op.create_index(
        "ix_intent_allocations_invoice", "intent_allocations", ["company", "invoice"], unique=False
    )

    op.create_table(
        "intents",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("host_ref", Folded(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("number", Folded(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("search", Folded(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_intents_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "kind", "host_ref", name=op.f("pk_intents")),
    )
    op.create_index(
        "ix_intents_recent", "intents", ["company", "changed_at", "kind", "host_ref"], unique=False
    )

    op.create_table(
        "issues",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("record_kind", Folded(), nullable=False),
        sa.Column("record", Folded(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_how", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_issues_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
    )
    op.create_index("ix_issues_list", "issues", ["company", "state", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_issues_record", "issues", ["company", "record_kind", "record", "kind", "times"], unique=False
    )
    op.create_index(
        "uq_issues_open",
        "issues",
        ["company", "kind", "record_kind", "record"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "links",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("host_ref", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.LargeBinary(), nullable=True),
        sa.Column("intended", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_links_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index(
        "uq_links_host",
        "links",
        ["company", "kind", "host_ref"],
        unique=True,
        sqlite_where=sa.text("state <> 'unlinked'"),
        postgresql_where=sa.text("state <> 'unlinked'"),
    )
    op.create_index(
        "uq_links_qbo",
        "links",
        ["company", "kind", "qbo_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'unlinked'"),
        postgresql_where=sa.text("state <> 'unlinked'"),
    )

    op.create_table(
        "pushes",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("host_ref", Folded(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("lane", Folded(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tid", sa.Text(), nullable=False),
        sa.Column("qbo_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("intended", sa.Text(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("duplicate_number", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_pushes_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
    )
    op.create_index("ix_pushes_due", "pushes", ["company", "lane", "rank", "created_at"], unique=False)
    op.create_index("ix_pushes_recent", "pushes", ["company", "updated_at"], unique=False)
    op.create_index("ix_pushes_record", "pushes", ["company", "kind", "host_ref", "created_at"], unique=False)
    op.create_index("ix_pushes_state", "pushes", ["company", "state", "updated_at"], unique=False)
    op.create_index(
        "uq_pushes_lane",
        "pushes",
        ["company", "kind", "host_ref", "lane"],
        unique=True,
        sqlite_where=sa.text("lane <> 'closed'"),
        postgresql_where=sa.text("lane <> 'closed'"),
    )

    op.create_table(
        "records",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("token_number", Counter, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", Instant(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("search", Folded(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_records_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "entity", "qbo_id", name=op.f("pk_records")),
    )
    op.create_index("ix_records_number", "records", ["company", "entity", "number"], unique=False)
    op.create_index("ix_records_search", "records", ["company", "entity", "search", "qbo_id"], unique=False)

    op.create_table(
        "setting_changes",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("name", Folded(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_setting_changes_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
    )
    op.create_index("ix_setting_changes_name", "setting_changes", ["company", "name", "id"], unique=False)

    op.create_table(
        "settings",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("name", Folded(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_settings_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "name", name=op.f("pk_settings")),
    )
    op.create_table(
        "timeline",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("host_ref", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("tid", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_timeline_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index("ix_timeline_host", "timeline", ["company", "kind", "host_ref", "id"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("access_key", sa.Text(), nullable=False),
        sa.Column("access_box", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_key", sa.Text(), nullable=False),
        sa.Column("refresh_box", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", Instant(), nullable=False),
        sa.Column("refresh_expires_at", Instant(), nullable=False),
        sa.Column("hard_expires_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("refreshing_by", sa.Text(), nullable=False),
        sa.Column("refreshing_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_tokens_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", name=op.f("pk_tokens")),
    )
    op.create_table(
        "versions",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_versions_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
    )
    op.create_index("ix_versions_record", "versions", ["company", "entity", "qbo_id"], unique=False)

    op.create_table(
        "issue_events",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("issue", Folded(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"], ["issues.id"], name=op.f("fk_issue_events_issue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_events")),
    )
    op.create_index("ix_issue_events_issue", "issue_events", ["issue", "id"], unique=False)
