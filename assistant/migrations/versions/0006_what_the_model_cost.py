"""what the model cost"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "model_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_model_days")),
    )
    op.create_table(
        "launch_model_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["launch_id"], ["launches.id"], name=op.f("fk_launch_model_days_launch_id")
        ),
        sa.PrimaryKeyConstraint("day", "launch_id", name=op.f("pk_launch_model_days")),
    )
