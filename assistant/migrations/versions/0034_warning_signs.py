"""what contacts seek, and the looks at warning signs"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('seeking',
    sa.Column('message_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('read_as', sa.String(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('seeks', sa.String(), nullable=False),
    sa.Column('corrected_at', UtcDateTime(), nullable=True),
    sa.Column('corrected_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['corrected_by_id'], ['people.id'], name=op.f('fk_seeking_corrected_by_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_seeking_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_seeking'))
    )
    with op.batch_alter_table('seeking') as batch:
        batch.create_index(batch.f('ix_seeking_seeks'), ['seeks'])
        batch.create_index(batch.f('ix_seeking_corrected_at'), ['corrected_at'])
    op.create_table('warning_looks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('sign', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('normal', sa.Double(), nullable=True),
    sa.Column('look', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_warning_looks_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_looks')),
    sa.UniqueConstraint('launch_id', 'sign', 'at', name=op.f('uq_warning_looks_launch_id_sign_at'))
    )
    op.create_table('warning_alarms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('sign', sa.String(), nullable=False),
    sa.Column('raised_at', UtcDateTime(), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('normal', sa.Double(), nullable=True),
    sa.Column('proposal', sa.String(), nullable=False),
    sa.Column('cleared_at', UtcDateTime(), nullable=True),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.Column('settled_words', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_warning_alarms_launch_id')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['people.id'], name=op.f('fk_warning_alarms_settled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_alarms'))
    )
    with op.batch_alter_table('warning_alarms') as batch:
        batch.create_index(batch.f('ix_warning_alarms_launch_id'), ['launch_id'])
