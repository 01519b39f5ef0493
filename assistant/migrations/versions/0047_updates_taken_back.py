"""updates that were taken back"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an update be taken back; whatever was published until now holds."""
    with op.batch_alter_table("updates") as batch:
        batch.add_column(sa.Column("taken_back_at", UtcDateTime()))
        batch.add_column(sa.Column("taken_back_by_id", sa.Integer()))
        batch.add_column(
            sa.Column("taken_back_because", sa.String(), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            op.f("fk_updates_taken_back_by_id"), "people", ["taken_back_by_id"], ["id"]
        )
