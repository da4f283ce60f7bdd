"""Connections that last: grants, the mirror of every entity with its coverage, webhooks, reads, workers, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tieout.storage.carrier import make_tables
from tieout.storage.columns import Counter, Folded, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lead on from the revision before."""
    op.create_table(
        "channels",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret_key", sa.Text(), nullable=False),
        sa.Column("secret_box", sa.LargeBinary(), nullable=True),
        sa.Column("least", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.create_index("ix_channels_tenant", ["tenant", "id"], unique=False)

    op.create_table(
        "tenants",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    with op.batch_alter_table("tenants", schema=None) as batch_op:
        batch_op.create_index(
            "uq_tenants_token_hash",
            ["token_hash"],
            unique=True,
            sqlite_where=sa.text("token_hash <> ''"),
            postgresql_where=sa.text("token_hash <> ''"),
        )

    op.create_table(
        "throttles",
        sa.Column("key", Folded(), nullable=False),
        sa.Column("turn_at", sa.BigInteger(), nullable=False),
        sa.Column("calls_at", sa.BigInteger(), nullable=False),
        sa.Column("batches_at", sa.BigInteger(), nullable=False),
        sa.Column("reports_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "workers",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "coverage",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("complete_until", Instant(), nullable=True),
        sa.Column("rests_on", sa.Text(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("there", sa.Integer(), nullable=False),
        sa.Column("here", sa.Integer(), nullable=False),
        sa.Column("swept_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("check_at", Instant(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("troubled_at", Instant(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_coverage_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "entity", name=op.f("pk_coverage")),
    )
    op.create_table(
        "events",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("key", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("qbo_id", Folded(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("deleted_id", sa.Text(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=True),
        sa.Column("came_at", Instant(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_events_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("company", "key", name=op.f("uq_events_company_key")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_open", ["company", "state", "id"], unique=False)
        batch_op.create_index("ix_events_happened", ["company", "happened_at"], unique=False)

    op.create_table(
        "failed_calls",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tid", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_failed_calls_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_calls")),
    )
    with op.batch_alter_table("failed_calls", schema=None) as batch_op:
        batch_op.create_index("ix_failed_calls_company", ["company", "id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("authorised_by", sa.Text(), nullable=False),
        sa.Column("authorised_at", Instant(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
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
            ["company"], ["companies.id"], name=op.f("fk_grants_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_company", ["company", "position", "id"], unique=False)
        batch_op.create_index("ix_grants_refresh_expires_at", ["refresh_expires_at"], unique=False)

    op.create_table(
        "import_lanes",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("entity", Folded(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("last_id", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_import_lanes_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "entity", "lane", name=op.f("pk_import_lanes")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=True),
        sa.Column("name", Folded(), nullable=False),
        sa.Column("args", sa.LargeBinary(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("lock", Folded(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("fence", Counter, nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_jobs_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_jobs_lock",
            ["lock"],
            unique=True,
            sqlite_where=sa.text("lock <> '' AND state = 'queued'"),
            postgresql_where=sa.text("lock <> '' AND state = 'queued'"),
        )

    op.create_table(
        "notices",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("tenant", Folded(), nullable=False),
        sa.Column("company", Folded(), nullable=True),
        sa.Column("kind", Folded(), nullable=False),
        sa.Column("about", Folded(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("over_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_notices_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_tenant", ["tenant", "told_at", "id"], unique=False)
        batch_op.create_index(
            "uq_notices_standing",
            ["tenant", "kind", "about"],
            unique=True,
            sqlite_where=sa.text("over_at IS NULL"),
            postgresql_where=sa.text("over_at IS NULL"),
        )

    op.create_table(
        "reads",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", Folded(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_reads_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "day", "what", name=op.f("pk_reads")),
    )
    with op.batch_alter_table("pushes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pushes_open",
            ["company", "state", "created_at"],
            unique=False,
            sqlite_where=sa.text("lane <> 'closed'"),
            postgresql_where=sa.text("lane <> 'closed'"),
        )

    op.create_table(
        "sections",
        sa.Column("company", Folded(), nullable=False),
        sa.Column("name", Folded(), nullable=False),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("stats", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company"], ["companies.id"], name=op.f("fk_sections_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company", "name", name=op.f("pk_sections")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Folded(), nullable=False),
        sa.Column("notice", Folded(), nullable=False),
        sa.Column("channel", Folded(), nullable=False),
        sa.Column("state", Folded(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel"], ["channels.id"], name=op.f("fk_deliveries_channel"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notice"], ["notices.id"], name=op.f("fk_deliveries_notice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_deliveries_notice", ["notice"], unique=False)

    with op.batch_alter_table("apps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verifier_key", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("verifier_box", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("door", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(
            "uq_apps_door",
            ["door"],
            unique=True,
            sqlite_where=sa.text("door <> ''"),
            postgresql_where=sa.text("door <> ''"),
        )

    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instead_of", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("label", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("access", sa.Text(), nullable=False, server_default=""))

    op.create_index("ix_cycles_finished", "cycles", ["finished_at"], unique=False)
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status_why", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("webhook_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("untold_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("missed_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("quiet_since", Instant(), nullable=True))
        batch_op.add_column(sa.Column("resting_until", Instant(), nullable=True))
        batch_op.drop_index("ix_companies_due")
        batch_op.create_index("ix_companies_due", ["status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_companies_turn", ["status", "tenant", "due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_companies_leased",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("lease_until IS NOT NULL"),
            postgresql_where=sa.text("lease_until IS NOT NULL"),
        )

    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.add_column(sa.Column("party", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("dated", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("amount", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("balance", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("currency", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("merged_into", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("created_at", Instant(), nullable=True))
        batch_op.drop_index("ix_records_number")
        batch_op.drop_index("ix_records_search")
        batch_op.create_index(
            "ix_records_search",
            ["company", "entity", "search", "qbo_id"],
            unique=False,
            sqlite_where=sa.text("dated IS NULL"),
            postgresql_where=sa.text("dated IS NULL"),
        )
        batch_op.create_index(
            "ix_records_out_of_use",
            ["company", "entity", "deleted"],
            unique=False,
            sqlite_where=sa.text("deleted OR NOT active"),
            postgresql_where=sa.text("deleted OR NOT active"),
        )

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("next_start")
        batch_op.add_column(sa.Column("way", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("rate", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("advanced_at", Instant(), nullable=True))

    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.Text(), nullable=False, server_default=""))

    # Each company's one grant becomes the first of its grants. It keeps the company's id as its own, because
    # its boxes are sealed to that name.
    op.execute(
        """
        INSERT INTO grants (
            id, company, position, label, authorised_by, authorised_at, client_id, state, why, used_at,
            access_key, access_box, refresh_key, refresh_box,
            access_expires_at, refresh_expires_at, hard_expires_at,
            version, saved_at, refreshing_by, refreshing_until
        )
        SELECT
            tokens.company, tokens.company, 0, '', 'owner', companies.connected_at, '', 'good', '', tokens.saved_at,
            access_key, access_box, refresh_key, refresh_box,
            access_expires_at, refresh_expires_at, hard_expires_at,
            tokens.version, tokens.saved_at, '', NULL
        FROM tokens JOIN companies ON companies.id = tokens.company
        """
    )
    op.drop_table("tokens")

    # Rows of before got their values; from here on every statement gives them.
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.alter_column("way", server_default=None)
        batch_op.alter_column("rate", server_default=None)
    with op.batch_alter_table("apps", schema=None) as batch_op:
        batch_op.alter_column("verifier_key", server_default=None)
        batch_op.alter_column("door", server_default=None)
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.alter_column("party", server_default=None)
        batch_op.alter_column("amount", server_default=None)
        batch_op.alter_column("balance", server_default=None)
        batch_op.alter_column("currency", server_default=None)
        batch_op.alter_column("merged_into", server_default=None)
    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.alter_column("instead_of", server_default=None)
        batch_op.alter_column("label", server_default=None)
        batch_op.alter_column("access", server_default=None)
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.alter_column("status_why", server_default=None)
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.alter_column("merged_into", server_default=None)

    if op.get_bind().dialect.name == "postgresql":
        make_tables(op.get_bind())
