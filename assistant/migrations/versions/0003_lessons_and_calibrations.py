"""lessons and calibrations"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('lessons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('answers', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('taken_back_at', UtcDateTime(), nullable=True),
    sa.Column('taken_back_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_lessons_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_lessons_entry_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_lessons_launch_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_lessons_message_id')),
    sa.ForeignKeyConstraint(['taken_back_by_id'], ['people.id'], name=op.f('fk_lessons_taken_back_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lessons'))
    )
    with op.batch_alter_table('lessons', schema=None) as batch_op:
        batch_op.create_index('ix_lessons_launch_id_id', ['launch_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lessons_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lessons_message_id'), ['message_id'], unique=False)

    op.create_table('launch_calibrations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('slope', sa.Double(), nullable=False),
    sa.Column('shift', sa.Double(), nullable=False),
    sa.Column('labels', sa.Integer(), nullable=False),
    sa.Column('wrong', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_launch_calibrations_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_launch_calibrations'))
    )
    with op.batch_alter_table('launch_calibrations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_launch_calibrations_launch_id'), ['launch_id'], unique=False)
