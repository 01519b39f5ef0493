"""the stage of a launch's promises"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('launches') as batch:
        batch.add_column(sa.Column('stage', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('stage_at', UtcDateTime(), nullable=True))
        batch.add_column(sa.Column('stage_because', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('launches') as batch:
        batch.alter_column('stage', server_default=None)
        batch.alter_column('stage_because', server_default=None)
