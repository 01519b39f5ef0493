"""whom a broadcast could not tell, changed clocks that tickets follow, launches of mails"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count the tries for each person, keep who was given up; keep how far a change has come."""
    with op.batch_alter_table("broadcast_recipients") as batch:
        batch.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("next_try_at", UtcDateTime()))
        batch.add_column(sa.Column("failed_at", UtcDateTime()))
        batch.add_column(
            sa.Column("failed_because", sa.String(), nullable=False, server_default="")
        )
    op.create_table(
        "clock_changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("launch_id", sa.Integer(), sa.ForeignKey("launches.id", name=op.f("fk_clock_changes_launch_id")), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("brings_back", sa.Boolean(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("upto_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
    )
    op.create_index(op.f("ix_clock_changes_launch_id"), "clock_changes", ["launch_id"])
    op.create_index(op.f("ix_clock_changes_finished_at"), "clock_changes", ["finished_at"])
    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("launch_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_mails_launch_id"), "launches", ["launch_id"], ["id"]
        )
        batch.create_index(op.f("ix_mails_launch_id"), ["launch_id"])
        batch.create_index("ix_mails_outcome_id", ["outcome", "id"])
    op.execute(
        "UPDATE mails SET launch_id = (SELECT launch_id FROM conversations "
        "WHERE conversations.id = mails.conversation_id) WHERE conversation_id IS NOT NULL"
    )
