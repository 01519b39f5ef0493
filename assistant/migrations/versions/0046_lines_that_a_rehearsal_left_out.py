"""lines that a rehearsal left out, and what it was given"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was not asked; rehearsals until now took everything or nothing."""
    with op.batch_alter_table("rehearsals") as batch:
        batch.add_column(sa.Column("left_out", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(
            sa.Column("left_out_count", sa.Integer(), nullable=False, server_default="0")
        )
        batch.add_column(sa.Column("pasted", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("column_name", sa.String(), nullable=False, server_default=""))
