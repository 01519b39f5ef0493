"""decisions that a newer one replaced"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "replaced_rulings",
        sa.Column("ruling_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_ruling_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["rulings.id"], name=op.f("fk_replaced_rulings_ruling_id")
        ),
        sa.ForeignKeyConstraint(
            ["by_ruling_id"], ["rulings.id"], name=op.f("fk_replaced_rulings_by_ruling_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_replaced_rulings_person_id")
        ),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_replaced_rulings")),
    )
    op.create_index(
        op.f("ix_replaced_rulings_by_ruling_id"), "replaced_rulings", ["by_ruling_id"]
    )
