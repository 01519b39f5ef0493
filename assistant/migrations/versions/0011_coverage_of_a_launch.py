"""when people are there for a launch"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: every launch so far is covered around the clock."""
    coverage = sa.Column('coverage', sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column('launches', coverage)
    op.add_column('launches', sa.Column('coverage_set_at', UtcDateTime(), nullable=True))
