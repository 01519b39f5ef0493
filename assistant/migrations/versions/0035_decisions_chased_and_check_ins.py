"""decisions that are chased and drafted, and check-ins with customers"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('ruling_chases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ruling_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ruling_id'], ['rulings.id'], name=op.f('fk_ruling_chases_ruling_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_ruling_chases_person_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_ruling_chases_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ruling_chases')),
    sa.UniqueConstraint('ruling_id', 'period', name=op.f('uq_ruling_chases_ruling_id_period'))
    )
    op.create_table('decided_messages',
    sa.Column('ruling_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entry_version_id', sa.Integer(), nullable=False),
    sa.Column('drafted_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ruling_id'], ['rulings.id'], name=op.f('fk_decided_messages_ruling_id')),
    sa.ForeignKeyConstraint(['entry_version_id'], ['entry_versions.id'], name=op.f('fk_decided_messages_entry_version_id')),
    sa.PrimaryKeyConstraint('ruling_id', name=op.f('pk_decided_messages'))
    )
    with op.batch_alter_table('decided_messages') as batch:
        batch.create_index(batch.f('ix_decided_messages_entry_version_id'), ['entry_version_id'])
    op.create_table('check_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('added_at', UtcDateTime(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.Column('forgotten_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_check_ins_launch_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_check_ins_ticket_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_check_ins_owner_id')),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_check_ins_added_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_ins')),
    sa.UniqueConstraint('launch_id', 'ticket_id', name=op.f('uq_check_ins_launch_id_ticket_id'))
    )
    with op.batch_alter_table('check_ins') as batch:
        batch.create_index('ix_check_ins_launch_id_due_at', ['launch_id', 'due_at'])
    op.create_table('check_in_calls',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_in_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['check_in_id'], ['check_ins.id'], name=op.f('fk_check_in_calls_check_in_id')),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_check_in_calls_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_in_calls'))
    )
    with op.batch_alter_table('check_in_calls') as batch:
        batch.create_index(batch.f('ix_check_in_calls_check_in_id'), ['check_in_id'])
