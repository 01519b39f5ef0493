"""which entry each question is about, written down with its decision"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

NEAR = 0.3  # certainty from which a question without an answer is about what it is nearest to

decisions = sa.table(
    "decisions",
    sa.column("entry_version_id", sa.Integer),
    sa.column("certainty", sa.Float),
    sa.column("candidates", sa.JSON),
    sa.column("asked_for", sa.String),
)
versions = sa.table(
    "entry_versions", sa.column("id", sa.Integer), sa.column("entry_id", sa.Integer)
)
entries = sa.table("entries", sa.column("id", sa.Integer), sa.column("key", sa.String))


def upgrade() -> None:
    """Say it of every decision that was made until now, as it was worked out on each look."""
    with op.batch_alter_table("decisions") as batch:
        batch.add_column(sa.Column("asked_for", sa.String()))
        batch.create_index("ix_decisions_asked_for", ["launch_id", "asked_for"])
    answered_by = (
        sa.select(entries.c.key)
        .join(versions, versions.c.entry_id == entries.c.id)
        .where(versions.c.id == decisions.c.entry_version_id)
        .scalar_subquery()
    )
    nearest = decisions.c.candidates[0]["entry"].as_string()
    is_near = sa.case((decisions.c.certainty >= NEAR, nearest))
    op.execute(decisions.update().values(asked_for=sa.func.coalesce(answered_by, is_near)))
