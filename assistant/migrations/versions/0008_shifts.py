"""shifts, the gaps that leads were told of, and notes from owner to owner"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('shifts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('begins_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('planned_at', UtcDateTime(), nullable=False),
    sa.Column('planned_by_id', sa.Integer(), nullable=True),
    sa.Column('called_off_at', UtcDateTime(), nullable=True),
    sa.Column('called_off_by_id', sa.Integer(), nullable=True),
    sa.Column('had_by_id', sa.Integer(), nullable=True),
    sa.Column('passed_at', UtcDateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['called_off_by_id'], ['people.id'], name=op.f('fk_shifts_called_off_by_id')),
    sa.ForeignKeyConstraint(['had_by_id'], ['people.id'], name=op.f('fk_shifts_had_by_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_shifts_launch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_shifts_person_id')),
    sa.ForeignKeyConstraint(['planned_by_id'], ['people.id'], name=op.f('fk_shifts_planned_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shifts'))
    )
    with op.batch_alter_table('shifts', schema=None) as batch_op:
        batch_op.create_index('ix_shifts_launch_id_ends_at', ['launch_id', 'ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_person_id'), ['person_id'], unique=False)
    op.create_table('roster_gaps_told',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('begins_at', UtcDateTime(), nullable=False),
    sa.Column('told_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_roster_gaps_told_launch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roster_gaps_told')),
    sa.UniqueConstraint('launch_id', 'begins_at', name=op.f('uq_roster_gaps_told_launch_id_begins_at'))
    )
    op.create_table('handovers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('situation', sa.JSON(), nullable=False),
    sa.Column('written_at', UtcDateTime(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=True),
    sa.Column('read_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_handovers_by_id')),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_handovers_launch_id')),
    sa.ForeignKeyConstraint(['read_by_id'], ['people.id'], name=op.f('fk_handovers_read_by_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_handovers_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers'))
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handovers_launch_id'), ['launch_id'], unique=False)
