"""the embedder in charge"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; who made most of the stored vectors was in charge until now."""
    op.create_table('embedders_in_charge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('embedder', sa.String(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_embedders_in_charge'))
    )
    op.execute(
        "INSERT INTO embedders_in_charge (embedder, endpoint, since) "
        "SELECT embedder, '', CURRENT_TIMESTAMP FROM text_vectors "
        "GROUP BY embedder ORDER BY count(*) DESC, embedder LIMIT 1"
    )
