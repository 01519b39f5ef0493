"""where a version that waits is filed, how grave that was, and the first of two who reinstate"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let versions wait to file their entry otherwise; whatever waits now does not."""
    with op.batch_alter_table("entry_versions") as batch:
        batch.add_column(
            sa.Column("refiled", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("filed_under_id", sa.Integer()))
        batch.add_column(sa.Column("gravest", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_entry_versions_filed_under_id"), "scenarios", ["filed_under_id"], ["id"]
        )
        batch.create_index(op.f("ix_entry_versions_filed_under_id"), ["filed_under_id"])
    with op.batch_alter_table("recalls") as batch:
        batch.add_column(sa.Column("agreed_by_id", sa.Integer()))
        batch.add_column(
            sa.Column("agreed_because", sa.String(), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            op.f("fk_recalls_agreed_by_id"), "people", ["agreed_by_id"], ["id"]
        )
