"""the languages a launch may be asked in"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    languages = sa.Column('languages', sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column('launches', languages)
