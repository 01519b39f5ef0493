"""what the library should say next, and from which network somebody wrote"""

import sqlalchemy as sa
from alembic import op

from assistant.ground.database import UtcDateTime

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column('conversations',
                  sa.Column('network', sa.String(), server_default='', nullable=False))
    op.create_table('suggestion_marks',
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('upto', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_suggestion_marks_launch_id')),
    sa.PrimaryKeyConstraint('launch_id', name=op.f('pk_suggestion_marks'))
    )
    op.create_table('suggestions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('launch_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('contacts', sa.Integer(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('networks', sa.Integer(), nullable=False),
    sa.Column('placed', sa.Integer(), nullable=False),
    sa.Column('first_at', UtcDateTime(), nullable=True),
    sa.Column('last_at', UtcDateTime(), nullable=True),
    sa.Column('days', sa.JSON(), nullable=False),
    sa.Column('worth', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('covered_by_id', sa.Integer(), nullable=True),
    sa.Column('counted_at', UtcDateTime(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('muted_at', UtcDateTime(), nullable=True),
    sa.Column('muted_by_id', sa.Integer(), nullable=True),
    sa.Column('muted_people', sa.Integer(), nullable=True),
    sa.Column('drafted_at', UtcDateTime(), nullable=True),
    sa.Column('drafted_by_id', sa.Integer(), nullable=True),
    sa.Column('drafted_id', sa.Integer(), nullable=True),
    sa.Column('model_draft', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['launch_id'], ['launches.id'], name=op.f('fk_suggestions_launch_id')),
    sa.ForeignKeyConstraint(['group_id'], ['repeat_groups.id'], name=op.f('fk_suggestions_group_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_suggestions_entry_id')),
    sa.ForeignKeyConstraint(['covered_by_id'], ['entries.id'], name=op.f('fk_suggestions_covered_by_id')),
    sa.ForeignKeyConstraint(['muted_by_id'], ['people.id'], name=op.f('fk_suggestions_muted_by_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['people.id'], name=op.f('fk_suggestions_drafted_by_id')),
    sa.ForeignKeyConstraint(['drafted_id'], ['entries.id'], name=op.f('fk_suggestions_drafted_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestions')),
    sa.UniqueConstraint('launch_id', 'about', name=op.f('uq_suggestions_launch_id_about'))
    )
    op.create_index('ix_suggestions_group_id', 'suggestions', ['group_id'])
    op.create_index('ix_suggestions_launch_id_worth', 'suggestions', ['launch_id', 'worth'])
