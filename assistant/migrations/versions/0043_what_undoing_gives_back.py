"""what undoing a decision gives back"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a version keep what the decision on it ended; of decisions before, nothing is kept."""
    with op.batch_alter_table("entry_versions") as batch:
        batch.add_column(sa.Column("undoing", sa.JSON(), nullable=False, server_default="{}"))
