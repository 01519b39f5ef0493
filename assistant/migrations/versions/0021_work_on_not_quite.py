"""what is done about each not quite"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('not_quite_work',
    sa.Column('feedback_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('looked_at', UtcDateTime(), nullable=True),
    sa.Column('looked_by_id', sa.Integer(), nullable=True),
    sa.Column('done', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['feedback_id'], ['feedback.id'], name=op.f('fk_not_quite_work_feedback_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_not_quite_work_owner_id')),
    sa.ForeignKeyConstraint(['looked_by_id'], ['people.id'], name=op.f('fk_not_quite_work_looked_by_id')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['people.id'], name=op.f('fk_not_quite_work_closed_by_id')),
    sa.PrimaryKeyConstraint('feedback_id', name=op.f('pk_not_quite_work'))
    )
    with op.batch_alter_table('not_quite_work', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_not_quite_work_owner_id'), ['owner_id'], unique=False)
