"""how a launch ends, and what becomes of its temporary answers"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('handover_confirmed',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_handover_confirmed_launch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_handover_confirmed_by_id')),
    sa.PrimaryKeyConstraint('launch_id', 'item', name=op.f('pk_handover_confirmed'))
    )
    op.create_table('exit_signatures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('override', sa.String(), nullable=False),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_exit_signatures_launch_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_exit_signatures_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exit_signatures'))
    )
    with op.batch_alter_table('exit_signatures') as batch:
        batch.create_index(batch.f('ix_exit_signatures_launch_id'), ['launch_id'])
    op.create_table('entries_afterwards',
    sa.Column('entry_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('becomes', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_entries_afterwards_entry_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_entries_afterwards_decided_by_id')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_entries_afterwards'))
    )
