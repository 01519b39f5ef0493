"""rehearsals before day 0"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('rehearsals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('with_drafts', sa.Boolean(), nullable=False),
    sa.Column('doubled', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_until', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('failed', sa.String(), nullable=False),
    sa.Column('is_go', sa.Boolean(), nullable=True),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_rehearsals_launch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_rehearsals_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rehearsals'))
    )
    with op.batch_alter_table('rehearsals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rehearsals_launch_id'), ['launch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rehearsals_finished_at'), ['finished_at'], unique=False)
    op.create_table('rehearsed_questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rehearsal_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('expected', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('entry', sa.String(), nullable=False),
    sa.Column('offered', sa.JSON(), nullable=False),
    sa.Column('certainty', sa.Double(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('judged', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['rehearsal_id'], ['rehearsals.id'], name=op.f('fk_rehearsed_questions_rehearsal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rehearsed_questions'))
    )
    with op.batch_alter_table('rehearsed_questions', schema=None) as batch_op:
        batch_op.create_index('ix_rehearsed_questions_place', ['rehearsal_id', 'place'], unique=False)
